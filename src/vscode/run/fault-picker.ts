import * as vscode from 'vscode';
import { SETTINGS } from '../../contracts/ids';
import { parseFaults } from '../../runner/fault-list';
import type { Settings } from '../settings';

/** A ready-made list, in plain words. */
export interface FaultChoice {
  label: string;
  /** What it is good for. */
  detail: string;
  list: string;
}

export const FAULT_CHOICES: readonly FaultChoice[] = [
  {
    label: 'Split reads',
    detail: 'Bytes arrive in small pieces: does the program find the borders of its messages?',
    list: 'split-read=1..8',
  },
  { label: 'Join reads', detail: 'What was sent apart arrives together: two messages in one piece', list: 'join-read=50ms' },
  {
    label: 'Slow network',
    detail: 'Everything that is read, and every datagram, comes 20 to 200 ms late',
    list: 'delay-read=20..200ms,udp-delay=20..200ms',
  },
  { label: 'Slow reader', detail: 'Sockets read 64 KiB a second: does the writer wait for them?', list: 'slow-reader=64k/s' },
  { label: 'Short writes', detail: 'The kernel takes a few bytes at a time', list: 'short-write=1..64' },
  {
    label: 'First connection refused',
    detail: 'The first connect fails with ECONNREFUSED: does the program try again?',
    list: 'refuse-connect@1x',
  },
  {
    label: 'No answer to connect',
    detail: 'The first connect hangs for two minutes: does the program give up in time?',
    list: 'hang-connect@1x',
  },
  { label: 'Slow connect', detail: 'Connections are made one second late', list: 'delay-connect=1s' },
  {
    label: 'Reset in the middle',
    detail: 'Clients lose their connection after 1000 bytes: ECONNRESET at both ends',
    list: 'reset-after=1000@client',
  },
  { label: 'Lose datagrams', detail: 'One UDP datagram in five never arrives', list: 'udp-drop=20%' },
  { label: 'Double and reorder datagrams', detail: 'Some come twice, some are overtaken', list: 'udp-duplicate=20%,udp-reorder=20%' },
];

type Item = vscode.QuickPickItem & { list?: string; own?: boolean };

/** Lets the learner choose faults: ready-made, the setting's, or a list that they write. Returns the list; undefined when none was chosen. */
export async function pickFaults(program: string, settings: Settings, scope: vscode.Uri): Promise<string | undefined> {
  const set = settings.faults(scope);
  const items: Item[] = [
    ...(set === '' ? [] : [{ label: 'As in the settings', description: set, detail: SETTINGS.faults, list: set }]),
    ...FAULT_CHOICES.map(({ label, detail, list }) => ({ label, description: list, detail, list })),
    { label: 'Write a list...', detail: 'Several faults, amounts, one program or port only, another seed', own: true },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Run ${program} with Faults`,
    placeHolder: 'Choose what shall go wrong; every fault is marked as injected in the timeline',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen?.own !== true) return chosen?.list;
  return vscode.window.showInputBox({
    title: `Faults for ${program}`,
    value: set || 'seed=1,split-read=1..8@server',
    prompt: 'Faults with commas between; README, "Make things go wrong", has them all',
    ignoreFocusOut: true,
    validateInput: problemOf,
  });
}

/** What is wrong with a list, as a sentence; null when nothing is. */
export function problemOf(list: string): string | null {
  try {
    return parseFaults(list, 'The list') === null ? 'Name at least one fault, such as split-read.' : null;
  } catch (error) {
    return `${(error as Error).message}.`.replace(/\?\.$/, '?');
  }
}
