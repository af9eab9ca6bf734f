import type { SocketStateName } from '../../src/contracts/trace';

/** Colours and fonts for the canvas, read from the theme of VS Code. */
export interface Theme {
  highContrast: boolean;
  dark: boolean;
  font: string;
  fontBold: string;
  fontSmall: string;
  fontMono: string;
  background: string;
  /** Slightly raised: lane heads, the gutter. */
  surface: string;
  text: string;
  faint: string;
  line: string;
  grid: string;
  /** The one accent: cursor, current step, focus. */
  accent: string;
  error: string;
  selection: string;
  /** Of state bands and arrows. */
  tones: Record<Tone, string>;
}

/** Groups of states that share a colour; the name of the state is always written beside it. */
export type Tone = 'idle' | 'listen' | 'opening' | 'open' | 'closing' | 'waiting';

/** The colour group of a TCP (RFC 9293) or other socket state. */
export function toneOf(state: SocketStateName): Tone {
  switch (state) {
    case 'CLOSED':
    case 'UNBOUND':
      return 'idle';
    case 'LISTEN':
    case 'BOUND':
      return 'listen';
    case 'SYN_SENT':
    case 'SYN_RECEIVED':
      return 'opening';
    case 'ESTABLISHED':
    case 'CONNECTED':
      return 'open';
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
    case 'CLOSE_WAIT':
    case 'CLOSING':
    case 'LAST_ACK':
      return 'closing';
    case 'TIME_WAIT':
      return 'waiting';
  }
}

/** Reads the theme as it is now. Missing colours fall back to those of VS Code's Dark Modern or Light Modern. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const kind = document.body.dataset.vscodeThemeKind ?? '';
  const dark = !/light/.test(kind);
  const highContrast = /high-contrast/.test(kind);
  const read = (name: string, fallback: string) => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const text = read('editor-foreground', dark ? '#cccccc' : '#3b3b3b');
  const family = read('font-family', 'system-ui, sans-serif');
  const size = Number.parseFloat(read('font-size', '13px')) || 13;
  const mono = read('editor-font-family', 'monospace');
  const border = read('contrastBorder', '');
  const line = highContrast && border ? border : read('panel-border', dark ? '#2b2b2b' : '#e5e5e5');
  return {
    highContrast,
    dark,
    font: `${size - 1}px ${family}`,
    fontBold: `600 ${size - 1}px ${family}`,
    fontSmall: `${Math.max(10, size - 2)}px ${family}`,
    fontMono: `${size - 1}px ${mono}`,
    background: read('editor-background', dark ? '#1f1f1f' : '#ffffff'),
    surface: highContrast ? read('editor-background', '#000000') : read('sideBar-background', dark ? '#181818' : '#f8f8f8'),
    text,
    faint: highContrast ? text : read('descriptionForeground', dark ? '#9d9d9d' : '#5f5f5f'),
    line,
    grid: line,
    accent: read('focusBorder', dark ? '#0078d4' : '#005fb8'),
    error: read('errorForeground', dark ? '#f85149' : '#f85149'),
    selection: highContrast ? 'transparent' : read('list-inactiveSelectionBackground', dark ? '#37373d' : '#e4e6f1'),
    tones: {
      idle: read('disabledForeground', dark ? '#808080' : '#8a8a8a'),
      listen: read('charts-blue', '#3794ff'),
      opening: read('charts-yellow', dark ? '#cca700' : '#bf8803'),
      open: read('charts-green', dark ? '#89d185' : '#388a34'),
      closing: read('charts-orange', '#d18616'),
      waiting: read('charts-purple', dark ? '#b180d7' : '#652d90'),
    },
  };
}

/** Calls back after the theme changed (VS Code rewrites the classes and variables of body and html). Returns how to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(() => changed());
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return () => observer.disconnect();
}
