/** Everything that crosses between the extension host and the timeline's webview. One typed list per direction, nothing else. */
import type { Site } from './trace';

/** How the view looks at a trace; the host keeps it so that a reload brings it back. */
export interface TimelineViewState {
  step: number;
  axis: 'steps' | 'time';
  /** Opaque to the host: zoom, scroll, folded groups, selected tab. */
  view?: unknown;
}

/** Host to view. Bytes are `.socktrace` bytes: the codec of trace/ is the only format. */
export type ToTimeline =
  /** `state` without `view` and at step 0 only says the axis: a live trace is followed then, as with null. */
  | {
      type: 'open';
      title: string;
      live: boolean;
      bytes: ArrayBuffer;
      state: TimelineViewState | null;
      canRun: boolean;
      /** Hints that the learner has put away, in any timeline. */
      dismissed?: readonly string[];
    }
  | { type: 'append'; bytes: ArrayBuffer }
  /** No more bytes come. `stopped`: the learner ended the run. */
  | { type: 'ended'; stopped?: boolean }
  | { type: 'goTo'; step: number }
  | { type: 'move'; to: StepMove }
  /** Show the steps of a line of the program alone. `file` is absolute. */
  | { type: 'line'; file: string; line: number }
  /** Another run of the same program, whole: show both beside each other. */
  | { type: 'compare'; title: string; bytes: ArrayBuffer }
  | { type: 'problem'; message: string };

/** Ways to move the cursor; each is a command, a button and a key. */
export type StepMove =
  | 'first'
  | 'previous'
  | 'next'
  | 'last'
  | 'previousOnSocket'
  | 'nextOnSocket'
  | 'previousOnConnection'
  | 'nextOnConnection'
  | 'previousState'
  | 'nextState'
  | 'previousError'
  | 'nextError'
  | 'bookmark'
  | 'previousBookmark'
  | 'nextBookmark'
  | 'birth'
  | 'play'
  | 'fit'
  | 'find';

/** View to host. */
export type FromTimeline =
  | { type: 'ready' }
  /**
   * The cursor moved; the host highlights the line. `reveal` when the learner asked for the editor (click on a mark, E).
   * `following` when the cursor only keeps up with a live run: then the host opens no file that is not on screen already.
   */
  | { type: 'step'; step: number; site: Site | null; label: string; reveal: boolean; following?: boolean }
  | { type: 'state'; state: TimelineViewState }
  | { type: 'command'; command: 'stop' | 'runAgain' | 'save' | 'exportJson' | 'exportHtml' | 'runSample' | 'compare' }
  /** The view has taken in this many bytes since `open`; the host keeps at most a few MB on the way. */
  | { type: 'ack'; bytes: number }
  | { type: 'copy'; text: string }
  /** The learner has put a hint away: it stays away. */
  | { type: 'dismiss'; hint: string }
  /** The learner wants the card media/docs/<card>.md. */
  | { type: 'card'; card: string }
  /** A click on a step of the run that is compared with: show it beside this one. */
  | { type: 'otherStep'; step: number }
  /** The learner wants a link to a step of this trace, `server.socktrace#step=37`. */
  | { type: 'copyLink'; step: number };
