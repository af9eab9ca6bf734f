import type { FromTimeline, ToTimeline } from '../../src/contracts/timeline-api';
import { MAGIC } from '../../src/trace/codec/format';
import { THEMES } from '../kit/vscode-themes';

/**
 * The host of a timeline that was exported as one HTML file: it runs before the timeline's own script, gives it the trace that the page
 * carries, and does what VS Code would do, as far as a page alone can. Nothing is fetched.
 */

/** The name of the trace, and the step at which it opens. */
interface Carried {
  title: string;
  step: number;
}

declare global {
  interface Window {
    acquireVsCodeApi?: () => unknown;
  }
}

const carried = JSON.parse(document.getElementById('carried')!.textContent!) as Carried;
let bytes = decode(document.getElementById('trace')!.textContent!);
document.getElementById('trace')!.remove();
let { title } = carried;
let state: unknown;

/** Base64, with white space anywhere. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const found = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) found[i] = binary.charCodeAt(i);
  return found;
}

const send = (message: ToTimeline) => window.dispatchEvent(new MessageEvent('message', { data: message }));

/** `#step=37` in the address names the step; it follows the cursor, so that the address can be passed on. */
function wantedStep(): number | null {
  const match = /(?:^#|&)step=(\d{1,15})(?:&|$)/.exec(location.hash);
  return match ? Number(match[1]) : null;
}

function open(step: number): void {
  // A copy: the timeline may keep or transfer what it is given.
  send({ type: 'open', title, live: false, bytes: bytes.slice().buffer, state: { step, axis: 'steps' }, canRun: false });
  send({ type: 'ended' });
}

function receive(message: FromTimeline): void {
  switch (message.type) {
    case 'ready':
      open(wantedStep() ?? carried.step);
      break;
    case 'step':
      if (message.step !== wantedStep()) history.replaceState(null, '', `#step=${message.step}`);
      break;
    case 'copy':
      void navigator.clipboard?.writeText(message.text);
      break;
    case 'command':
      if (message.command === 'save') save();
      break;
    default:
      break;
  }
}

/** Hands the trace itself out, for VS Code or the command line. */
function save(): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = title.endsWith('.socktrace') ? title : `${title}.socktrace`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function applyTheme(): void {
  const contrast = matchMedia('(prefers-contrast: more), (forced-colors: active)').matches;
  const light = matchMedia('(prefers-color-scheme: light)').matches;
  const theme = THEMES[contrast ? (light ? 'contrastLight' : 'contrast') : light ? 'light' : 'dark'];
  const root = document.documentElement;
  for (const other of Object.values(THEMES)) for (const key of Object.keys(other.colours)) root.style.removeProperty(`--vscode-${key}`);
  for (const [key, value] of Object.entries(theme.colours)) root.style.setProperty(`--vscode-${key}`, value);
  // `offline`: hides what only VS Code can do.
  document.body.className = `${theme.kind}${contrast ? ' vscode-high-contrast' : ''} offline`;
  document.body.dataset.vscodeThemeKind = theme.kind;
}

window.acquireVsCodeApi = () => ({
  postMessage: receive,
  getState: () => state,
  setState: (kept: unknown) => {
    state = kept;
  },
});
document.title = `${title} · Socketscope`;
applyTheme();
for (const query of ['(prefers-color-scheme: light)', '(prefers-contrast: more)', '(forced-colors: active)'])
  matchMedia(query).addEventListener('change', applyTheme);
window.addEventListener('hashchange', () => {
  const step = wantedStep();
  if (step !== null) send({ type: 'goTo', step });
});
// Another trace can be dropped on the page.
window.addEventListener('dragover', (event) => event.preventDefault());
window.addEventListener('drop', (event) => {
  event.preventDefault();
  const files = event.dataTransfer?.files;
  if (!files?.length) return tell('Only a file can be dropped here: a trace of Socketscope, which ends in .socktrace.');
  if (files.length > 1) return tell(`${files.length} files were dropped: drop one trace at a time.`);
  const isFolder = event.dataTransfer?.items[0]?.webkitGetAsEntry?.()?.isDirectory === true;
  void take(files[0]!, isFolder);
});

function tell(message: string): void {
  send({ type: 'problem', message });
}

/** Shows a file that was dropped; one that is no trace changes nothing, and the page says why. */
async function take(file: File, isFolder: boolean): Promise<void> {
  if (isFolder) return tell(`${file.name} is a folder: drop a .socktrace file that is in it.`);
  let dropped: Uint8Array<ArrayBuffer>;
  try {
    dropped = new Uint8Array(await file.arrayBuffer());
  } catch {
    return tell(`${file.name} could not be read: it may be gone, or a folder. Drop a .socktrace file.`);
  }
  if (dropped.length === 0) return tell(`${file.name} is empty: no run was recorded in it. Drop another trace.`);
  if (!MAGIC.every((byte, i) => dropped[i] === byte))
    return tell(`${file.name} is not a trace of Socketscope: it does not begin like one. Drop a .socktrace file.`);
  bytes = dropped;
  title = file.name;
  document.title = `${title} · Socketscope`;
  open(0);
}
