/** The program of the process in which checks run (dist/exercise-exam.js). */
import { join } from 'node:path';
import { examMain } from '../exercises/run/exam-main';
import { KNOWLEDGE } from './knowledge';
import { probeOf } from './probe-of';

try {
  examMain({ probe: probeOf(__dirname), peer: join(__dirname, 'exercise-peer.js'), knowledge: KNOWLEDGE });
} catch (error) {
  // Whoever asked for the check shows the last line.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
