import '../kit/base.css';
import './reference.css';
import type { FromReference, ReferenceState, ToReference } from '../../src/contracts/reference-api';
import { registerControls } from '../kit/controls';
import { connectHost } from '../kit/host';
import { ReferenceApp } from './app';

registerControls();
const host = connectHost<FromReference, ToReference, ReferenceState>();
const app = new ReferenceApp(document.getElementById('app')!, {
  see: (id) => host.post({ type: 'see', id }),
  shown: (id) => {
    host.remember({ id });
    host.post({ type: 'shown', id });
  },
});
host.onMessage((message) => app.receive(message));
host.post({ type: 'ready' });
