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

/** The ready-made lists, in the editor's language. */
export const faultChoices = (): readonly FaultChoice[] => [
  {
    label: vscode.l10n.t('Split reads'),
    detail: vscode.l10n.t('Bytes arrive in small pieces: does the program find the borders of its messages?'),
    list: 'split-read=1..8',
  },
  {
    label: vscode.l10n.t('Join reads'),
    detail: vscode.l10n.t('What was sent apart arrives together: two messages in one piece'),
    list: 'join-read=50ms',
  },
  {
    label: vscode.l10n.t('Slow network'),
    detail: vscode.l10n.t('Everything that is read, and every datagram, comes 20 to 200 ms late'),
    list: 'delay-read=20..200ms,udp-delay=20..200ms',
  },
  {
    label: vscode.l10n.t('Slow reader'),
    detail: vscode.l10n.t('Sockets read 64 KiB a second: does the writer wait for them?'),
    list: 'slow-reader=64k/s',
  },
  { label: vscode.l10n.t('Short writes'), detail: vscode.l10n.t('The kernel takes a few bytes at a time'), list: 'short-write=1..64' },
  {
    label: vscode.l10n.t('First connection refused'),
    detail: vscode.l10n.t('The first connect fails with ECONNREFUSED: does the program try again?'),
    list: 'refuse-connect@1x',
  },
  {
    label: vscode.l10n.t('No answer to connect'),
    detail: vscode.l10n.t('The first connect hangs for two minutes: does the program give up in time?'),
    list: 'hang-connect@1x',
  },
  { label: vscode.l10n.t('Slow connect'), detail: vscode.l10n.t('Connections are made one second late'), list: 'delay-connect=1s' },
  {
    label: vscode.l10n.t('Reset in the middle'),
    detail: vscode.l10n.t('Clients lose their connection after 1000 bytes: ECONNRESET at both ends'),
    list: 'reset-after=1000@client',
  },
  { label: vscode.l10n.t('Lose datagrams'), detail: vscode.l10n.t('One UDP datagram in five never arrives'), list: 'udp-drop=20%' },
  {
    label: vscode.l10n.t('Double and reorder datagrams'),
    detail: vscode.l10n.t('Some come twice, some are overtaken'),
    list: 'udp-duplicate=20%,udp-reorder=20%',
  },
];

type Item = vscode.QuickPickItem & { list?: string; own?: boolean };

/** Lets the learner choose faults: ready-made, the setting's, or a list that they write. Returns the list; undefined when none was chosen. */
export async function pickFaults(program: string, settings: Settings, scope: vscode.Uri): Promise<string | undefined> {
  const set = settings.faults(scope);
  const items: Item[] = [
    ...(set === '' ? [] : [{ label: vscode.l10n.t('As in the settings'), description: set, detail: SETTINGS.faults, list: set }]),
    ...faultChoices().map(({ label, detail, list }) => ({ label, description: list, detail, list })),
    {
      label: vscode.l10n.t('Write a list...'),
      detail: vscode.l10n.t('Several faults, amounts, one program or port only, another seed'),
      own: true,
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Run {0} with Faults', program),
    placeHolder: vscode.l10n.t('Choose what shall go wrong; every fault is marked as injected in the timeline'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen?.own !== true) return chosen?.list;
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Faults for {0}', program),
    value: set || 'seed=1,split-read=1..8@server',
    prompt: vscode.l10n.t('Faults with commas between; README, "Make things go wrong", has them all'),
    ignoreFocusOut: true,
    validateInput: problemOf,
  });
}

/** What is wrong with a list, as a sentence; null when nothing is. */
export function problemOf(list: string): string | null {
  try {
    return parseFaults(list, 'The list') === null ? vscode.l10n.t('Name at least one fault, such as split-read.') : null;
  } catch (error) {
    return `${(error as Error).message}.`.replace(/\?\.$/, '?');
  }
}
