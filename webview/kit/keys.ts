import type { StepMove } from '../../src/contracts/timeline-api';

/** What a key does: a move of the cursor, or something of the view alone. */
export type KeyAction =
  | StepMove
  | 'zoomIn'
  | 'zoomOut'
  | 'panLeft'
  | 'panRight'
  | 'source'
  | 'help'
  | 'axis'
  | 'stuck'
  | 'filter'
  | 'depth';

export interface KeyBinding {
  /** Values of KeyboardEvent.key, lower case for letters. */
  keys: string[];
  /** As shown to people. */
  shown: string;
  action: KeyAction;
  text: string;
  group: 'Step' | 'Look' | 'Find';
}

/** Every key of the timeline; the help and the tooltips are made from this table. */
export const KEYS: readonly KeyBinding[] = [
  { keys: ['ArrowRight'], shown: '→', action: 'next', text: 'Next step', group: 'Step' },
  { keys: ['ArrowLeft'], shown: '←', action: 'previous', text: 'Previous step', group: 'Step' },
  { keys: ['.'], shown: '.', action: 'nextOnSocket', text: 'Next step on the same socket', group: 'Step' },
  { keys: [','], shown: ',', action: 'previousOnSocket', text: 'Previous step on the same socket', group: 'Step' },
  { keys: ['>'], shown: '>', action: 'nextOnConnection', text: 'Next step on the same connection, at either end', group: 'Step' },
  { keys: ['<'], shown: '<', action: 'previousOnConnection', text: 'Previous step on the same connection', group: 'Step' },
  { keys: [']', 't'], shown: '] or T', action: 'nextState', text: 'Next change of state', group: 'Step' },
  { keys: ['[', 'r'], shown: '[ or R', action: 'previousState', text: 'Previous change of state', group: 'Step' },
  { keys: ['n'], shown: 'N', action: 'nextError', text: 'Next failure', group: 'Step' },
  { keys: ['p'], shown: 'P', action: 'previousError', text: 'Previous failure', group: 'Step' },
  { keys: ['m'], shown: 'M', action: 'bookmark', text: 'Set or remove a bookmark', group: 'Step' },
  { keys: ['k'], shown: 'K', action: 'nextBookmark', text: 'Next bookmark', group: 'Step' },
  { keys: ['j'], shown: 'J', action: 'previousBookmark', text: 'Previous bookmark', group: 'Step' },
  { keys: ['^', 'b'], shown: '^ or B', action: 'birth', text: 'To where the socket was created', group: 'Step' },
  { keys: ['Home'], shown: 'Home', action: 'first', text: 'First step', group: 'Step' },
  { keys: ['End'], shown: 'End', action: 'last', text: 'Last step; follow a running program', group: 'Step' },
  { keys: [' '], shown: 'Space', action: 'play', text: 'Play or pause', group: 'Step' },
  { keys: ['w', '+'], shown: 'W', action: 'zoomIn', text: 'Zoom in', group: 'Look' },
  { keys: ['s', '-'], shown: 'S', action: 'zoomOut', text: 'Zoom out', group: 'Look' },
  { keys: ['a'], shown: 'A', action: 'panLeft', text: 'Pan left', group: 'Look' },
  { keys: ['d'], shown: 'D', action: 'panRight', text: 'Pan right', group: 'Look' },
  { keys: ['f'], shown: 'F', action: 'fit', text: 'Fit the whole run', group: 'Look' },
  { keys: ['x'], shown: 'X', action: 'axis', text: 'Steps or time', group: 'Look' },
  { keys: ['/'], shown: '/', action: 'find', text: 'Find a call, socket, address, error or file', group: 'Find' },
  { keys: ['v'], shown: 'V', action: 'depth', text: 'Step by every step, Node call, system call or state', group: 'Step' },
  { keys: ['h'], shown: 'H', action: 'filter', text: 'Show or hide the filters', group: 'Find' },
  { keys: ['e'], shown: 'E', action: 'source', text: 'To the line in the editor', group: 'Find' },
  { keys: ['y'], shown: 'Y', action: 'stuck', text: 'Why is it stuck?', group: 'Find' },
  { keys: ['?'], shown: '?', action: 'help', text: 'All keys', group: 'Find' },
];

/** The key shown in a tooltip for an action. */
export function keyOf(action: KeyAction): string {
  return KEYS.find((binding) => binding.action === action)?.shown ?? '';
}

/** The action of a key press, or null: with Ctrl, Alt or Meta the key belongs to VS Code. */
export function actionOf(event: { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean }): KeyAction | null {
  // AltGr reports Ctrl+Alt on Windows and is how some layouts type these characters.
  const altGr = event.ctrlKey && event.altKey;
  if ((event.ctrlKey || event.altKey || event.metaKey) && !altGr) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return KEYS.find((binding) => binding.keys.includes(key))?.action ?? null;
}

/** Whether a focused control needs this key itself. */
function belongsToControl(event: KeyboardEvent): boolean {
  const focused = event.composedPath()[0];
  if (!(focused instanceof HTMLElement)) return false;
  // The toolkit's controls keep their focus in a shadow tree, where closest() cannot see them.
  const root = focused.getRootNode();
  const outer = root instanceof ShadowRoot ? root.host : focused;
  if (focused instanceof HTMLInputElement || outer.closest('vscode-text-field, vscode-dropdown, vscode-option')) return true;
  if (event.key === ' ') return focused.closest('button, a, summary') !== null || outer.closest('vscode-button') !== null;
  const moves = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
  return moves && outer.closest('vscode-panel-tab') !== null;
}

/** Listens on the page; keys typed into a text field, and keys that a focused control needs itself, stay there. */
export function listenToKeys(act: (action: KeyAction) => void): () => void {
  const listener = (event: KeyboardEvent) => {
    const action = actionOf(event);
    if (!action || event.defaultPrevented || belongsToControl(event)) return;
    event.preventDefault();
    act(action);
  };
  window.addEventListener('keydown', listener);
  return () => window.removeEventListener('keydown', listener);
}
