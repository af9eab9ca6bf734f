/** The program of the process of the hidden peer (dist/exercise-peer.js). */
import { peerMain } from '../exercises/peer/main';

peerMain();
