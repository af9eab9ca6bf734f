import '../kit/base.css';
import './timeline.css';
import './card.css';
import './details.css';
import './help.css';
import './streams.css';
import './ladder.css';
import './queues.css';
import './sockets.css';
import './narrow.css';
import './stuck.css';
import './filter.css';
import './compare.css';
import { SocktraceDecoder } from '../../src/trace';
import { registerControls } from '../kit/controls';
import { connectHost } from '../kit/host';
import { startApp } from './app';
import { stepLabel } from './parts/call-line';
import { Hints } from './parts/hints';
import { OtherRun } from './store/other-run';
import { TimelineStore } from './store/store';

/** A task of its own, after pending input and paint; unlike setTimeout it is not held back to 4 ms. */
function soonTask(): (work: () => void) => void {
  const channel = new MessageChannel();
  const queue: (() => void)[] = [];
  channel.port1.onmessage = () => queue.shift()?.();
  return (work) => {
    queue.push(work);
    channel.port2.postMessage(null);
  };
}

registerControls();
const host = connectHost();
const store = new TimelineStore({
  newDecoder: () => new SocktraceDecoder(),
  post: (message) => host.post(message),
  remember: (state) => host.remember(state),
  label: stepLabel,
  soon: soonTask(),
  now: () => performance.now(),
});
const hints = new Hints((message) => host.post(message));
const other = new OtherRun(() => new SocktraceDecoder());
startApp(document.getElementById('app')!, store, {
  copy: (text) => host.post({ type: 'copy', text }),
  hints,
  other,
  showOther: (step) => host.post({ type: 'otherStep', step }),
});
host.onMessage((message) => {
  hints.receive(message);
  if (message.type === 'open') other.clear();
  if (message.type !== 'compare') return store.receive(message);
  other.take(message);
  store.set({ tab: 'compare' });
});
host.post({ type: 'ready' });
