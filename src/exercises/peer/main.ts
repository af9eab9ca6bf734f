/** The process of the hidden peer: takes the script of a scenario from its checks.mjs, plays it, hands back what it did and saw. */
import { pathToFileURL } from 'node:url';
import type { Checks } from '../../contracts/exercise-checks';
import type { FromPeer, ToPeer } from './messages';
import { HiddenPeer, PeerStop } from './peer';

/** Plays one script after the other, until the process that asked for it lets go. */
export function peerMain(): void {
  const tell = (message: FromPeer) => {
    if (process.connected) process.send?.(message);
  };
  let peer: HiddenPeer | null = null;
  let over: (why: string) => void = () => {};
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToPeer) => {
    switch (message.type) {
      case 'go': {
        // A script that was cut off may go on; nobody listens to it.
        const playing: HiddenPeer = new HiddenPeer(message.seed, (said) => {
          if (peer === playing) tell(said);
        });
        peer = playing;
        const ended = new Promise<string>((resolve) => {
          over = resolve;
        });
        void Promise.race([play(playing, message.checks, message.scenario), ended]).then((stopped) => {
          const { entries, ends, kept } = playing.journal;
          tell({ type: 'done', log: { entries, ends, kept: plain(kept), stopped, hurried: playing.clock.hurried } });
        });
        break;
      }
      case 'steps':
        for (const step of message.steps) peer?.step(step);
        break;
      case 'output':
        peer?.printedMore(message.text);
        break;
      case 'started':
        peer?.startedWith(message.id, message.pid, message.cwd, message.problem);
        break;
      case 'exited':
        peer?.ended(message.code, message.signal);
        break;
      case 'over':
        over('the time for this run was used up');
        break;
      case 'leave':
        peer?.drop();
        peer = null;
        break;
    }
  });
  // A script may have left promises behind; the expectations that they hold are in the journal.
  process.on('unhandledRejection', () => {});
}

/** null when the script went to its end, else why it did not. */
async function play(peer: HiddenPeer, checks: string, scenario: string): Promise<string | null> {
  try {
    const module = (await import(pathToFileURL(checks).href)) as { default: Checks };
    const found = module.default.scenarios.find(({ id }) => id === scenario);
    await found?.peer?.(peer);
    return null;
  } catch (error) {
    if (error instanceof PeerStop) return error.message;
    const place = /checks\.mjs:\d+/.exec((error as Error)?.stack ?? '');
    return `the script of ${scenario} failed${place ? ` at ${place[0]}` : ''}: ${(error as Error)?.message ?? error}`;
  }
}

/** Kept values travel as JSON; what is none is left out. */
function plain(kept: { [name: string]: unknown }): { [name: string]: unknown } {
  try {
    return JSON.parse(JSON.stringify(kept));
  } catch {
    return {};
  }
}
