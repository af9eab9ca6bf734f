/** The main pictures of the timeline, which stored screenshots hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EXERCISE_PAGES } from '../../webview/harness/exercise-pages';
import { root } from './house';
import { makeEchoTrace, makeTraceBuilder } from './make-trace';

export interface Picture {
  name: string;
  theme: 'dark' | 'light' | 'contrast' | 'contrastLight';
  width: number;
  height: number;
  /** Bytes of the trace; null: the panel before the first run. */
  trace: (() => Uint8Array) | null;
  step: number;
  axis?: 'steps' | 'time';
  tab?: string;
}

const stored = (name: string) => () => readFileSync(join(root, 'test/fixtures/traces', `${name}.socktrace`));
const echo = () => makeEchoTrace().encoder.take();
const forty = () => makeTraceBuilder({ connections: 19, events: 900 }).encoder.take();
const thousands = () => makeTraceBuilder({ connections: 1000, events: 40_000 }).encoder.take();

export const PICTURES: readonly Picture[] = [
  { name: 'two-sockets-dark', theme: 'dark', width: 900, height: 700, trace: echo, step: 16 },
  { name: 'two-sockets-light', theme: 'light', width: 900, height: 700, trace: echo, step: 16 },
  { name: 'two-sockets-contrast', theme: 'contrast', width: 900, height: 700, trace: echo, step: 16 },
  { name: 'two-sockets-contrast-light', theme: 'contrastLight', width: 900, height: 700, trace: echo, step: 16 },
  { name: 'two-sockets-wide', theme: 'light', width: 1600, height: 900, trace: echo, step: 0 },
  { name: 'narrow', theme: 'dark', width: 400, height: 700, trace: echo, step: 16 },
  { name: 'low-handshake', theme: 'light', width: 640, height: 480, trace: echo, step: 16, tab: 'handshake' },
  { name: 'forty-sockets', theme: 'dark', width: 900, height: 700, trace: forty, step: 300 },
  { name: 'two-thousand-sockets', theme: 'dark', width: 1600, height: 900, trace: thousands, step: 20_000 },
  { name: 'error-in-use', theme: 'dark', width: 900, height: 800, trace: stored('errors'), step: 11 },
  { name: 'datagrams-lost', theme: 'light', width: 900, height: 700, trace: stored('udp-loss'), step: 19, axis: 'time', tab: 'bytes' },
  { name: 'http-transcript', theme: 'dark', width: 1200, height: 700, trace: stored('http'), step: 20, tab: 'transcript' },
  { name: 'event-loop-dark', theme: 'dark', width: 1200, height: 800, trace: stored('event-loop'), step: 26 },
  { name: 'event-loop-light', theme: 'light', width: 900, height: 800, trace: stored('event-loop'), step: 26, axis: 'time' },
  { name: 'event-loop-contrast', theme: 'contrast', width: 900, height: 700, trace: stored('event-loop'), step: 26 },
  { name: 'empty', theme: 'light', width: 500, height: 600, trace: null, step: 0 },
];

/** Pictures of the page of exercises; `press` names what is clicked first. */
export interface ExercisePicture {
  name: string;
  theme: Picture['theme'];
  width: number;
  height: number;
  page: keyof typeof EXERCISE_PAGES;
  press?: string;
}

export const EXERCISE_PICTURES: readonly ExercisePicture[] = [
  { name: 'exercise-questions', theme: 'light', width: 900, height: 900, page: 'predict', press: 'calls-add-bind' },
  { name: 'exercise-compared', theme: 'dark', width: 900, height: 900, page: 'compared', press: 'compare' },
  { name: 'exercise-broken-contrast', theme: 'contrast', width: 700, height: 900, page: 'broken' },
  { name: 'exercise-narrow', theme: 'light', width: 400, height: 900, page: 'compared' },
];

/** So that a picture is the same on every machine: greyscale letters without hinting, no scaling, plain colours. */
export const PICTURE_FLAGS = [
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--disable-font-subpixel-positioning',
  '--force-device-scale-factor=1',
  '--force-color-profile=srgb',
];
