import '../kit/base.css';
import './exercises.css';
import './questions.css';
import './results.css';
import './narrow.css';
import type { ExercisePageState, FromExercisePage, ToExercisePage } from '../../src/contracts/exercise-page';
import { registerControls } from '../kit/controls';
import { connectHost } from '../kit/host';
import { ExercisesApp } from './app';

registerControls();
const host = connectHost<FromExercisePage, ToExercisePage, ExercisePageState>();
const app = new ExercisesApp(document.getElementById('app')!, host.post, (exercise) => host.remember({ exercise }));
host.onMessage((message) => message.type === 'page' && app.receive(message.page));
host.post({ type: 'ready' });
