import type { FromTimeline, TimelineViewState, ToTimeline } from '../../src/contracts/timeline-api';
import { THEMES } from '../kit/vscode-themes';

/** What tests and benchmarks use from the page: `window.harness`. */
export interface Harness {
  /** Messages that the timeline sent, oldest first. */
  readonly sent: FromTimeline[];
  /** What it kept for a reload. */
  state: unknown;
  send(message: ToTimeline): void;
  theme(name: keyof typeof THEMES): void;
  /** Fetches a trace and opens it; resolves when all of its bytes are taken in. */
  open(url: string, options?: { live?: boolean; title?: string; state?: TimelineViewState | null }): Promise<number>;
  /** Opens a trace from base64. */
  openBase64(text: string, options?: { live?: boolean; title?: string; state?: TimelineViewState | null }): void;
}

declare global {
  interface Window {
    harness: Harness;
    acquireVsCodeApi?: () => unknown;
  }
}

/** One family on every machine: screenshots are compared. */
const FONTS = { 'font-family': '"DejaVu Sans", system-ui, sans-serif', 'editor-font-family': '"DejaVu Sans Mono", monospace' };

function applyTheme(name: keyof typeof THEMES): void {
  const theme = THEMES[name];
  const root = document.documentElement;
  for (const other of Object.values(THEMES)) for (const key of Object.keys(other.colours)) root.style.removeProperty(`--vscode-${key}`);
  for (const [key, value] of Object.entries({ ...theme.colours, ...FONTS })) root.style.setProperty(`--vscode-${key}`, value);
  // VS Code gives Light High Contrast the class of high contrast, too.
  document.body.className = theme.kind === 'vscode-high-contrast-light' ? `${theme.kind} vscode-high-contrast` : theme.kind;
  document.body.dataset.vscodeThemeKind = theme.kind;
}

const sent: FromTimeline[] = [];
const waiting: { bytes: number; done: () => void }[] = [];

window.acquireVsCodeApi = () => ({
  postMessage(message: FromTimeline) {
    sent.push(message);
    if (message.type !== 'ack') return;
    for (const one of waiting.filter((candidate) => message.bytes >= candidate.bytes)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.done();
    }
  },
  getState: () => window.harness.state,
  setState: (state: unknown) => {
    window.harness.state = state;
  },
});

const send = (message: ToTimeline) => window.dispatchEvent(new MessageEvent('message', { data: message }));

window.harness = {
  sent,
  state: undefined,
  send,
  theme: applyTheme,
  async open(url, options = {}) {
    const bytes = await (await fetch(url)).arrayBuffer();
    const size = bytes.byteLength;
    const done = new Promise<void>((resolve) => waiting.push({ bytes: size, done: resolve }));
    send({ type: 'open', title: options.title ?? url, live: options.live ?? false, bytes, state: options.state ?? null, canRun: true });
    await done;
    return size;
  },
  openBase64(text, options = {}) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
    send({ type: 'open', title: options.title ?? 'trace', live: options.live ?? false, bytes, state: options.state ?? null, canRun: true });
  },
};

/** `?trace=URL&theme=light` for looking by hand. */
const query = new URLSearchParams(location.search);
const wanted = query.get('theme');
applyTheme(wanted !== null && wanted in THEMES ? (wanted as keyof typeof THEMES) : 'dark');
const trace = query.get('trace');
if (trace) window.addEventListener('load', () => void window.harness.open(trace));
