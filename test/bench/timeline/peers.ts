/** Two well-known timelines of npm that show the same events in the same browser: vis-timeline (DOM) and speedscope (WebGL). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { TraceReader } from '../../../src/contracts/trace-model';
import type { HarnessSite } from '../../support/harness-page';
import { root } from '../../support/house';
import type { Gesture } from './frames';

/** One timeline of the comparison: how it is opened and where it is zoomed and panned. */
export interface Peer {
  name: string;
  /** Where its page is. */
  path: string;
  /** The events as it wants them; served to the page, so that all begin with bytes in memory. */
  input(trace: TraceReader, bytes: Uint8Array): Uint8Array;
  /** Runs in the page: shows the bytes and resolves when the first picture with events is painted, or after `deadline` ms. */
  open(page: Page, url: string, deadline: number): Promise<{ paint: number | null }>;
  zoom(frames: number): Gesture;
  pan(frames: number): Gesture;
  /** From wherever it is to the whole run. */
  fit(page: Page): Promise<void>;
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const HTML = new TextEncoder();

/** In and out around the middle, over a range of scales. */
const wheels = (frames: number, inward: object, outward: object) =>
  Array.from({ length: frames }, (_, i) => ({ wheel: i < frames / 2 ? inward : outward }));
const swings = (frames: number, right: object, left: object) =>
  Array.from({ length: frames }, (_, i) => ({ wheel: i % 40 < 20 ? right : left }));

/** The timeline of this repository. */
export const OWN: Peer = {
  name: 'socketscope',
  path: '/',
  input: (_, bytes) => bytes,
  open: (page, url, deadline) =>
    page.evaluate(
      async ({ url, deadline }) => {
        const { harness } = window as unknown as { harness: { send(message: unknown): void; sent: { type: string; bytes?: number }[] } };
        const bytes = await (await fetch(url)).arrayBuffer();
        const total = bytes.byteLength;
        const painted = () =>
          new Promise<void>((resolve) =>
            requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.onmessage = () => resolve();
              channel.port2.postMessage(null);
            }),
          );
        const count = document.querySelector('[data-name="count"]')!;
        const began = performance.now();
        harness.send({ type: 'open', title: url, live: false, bytes, state: null, canRun: true });
        while (!count.textContent && performance.now() - began < deadline) await painted();
        const paint = count.textContent ? performance.now() - began : null;
        while (!harness.sent.some((message) => message.type === 'ack' && message.bytes === total) && performance.now() - began < deadline)
          await painted();
        await painted();
        return { paint };
      },
      { url, deadline },
    ),
  fit: async (page) => page.keyboard.press('f'),
  zoom: (frames) => ({ target: '.plot canvas', x: 0.6, y: 0.3, acts: wheels(frames, { deltaY: -60 }, { deltaY: 60 }) }),
  pan: (frames) => ({
    target: '.plot canvas',
    x: 0.6,
    y: 0.3,
    acts: swings(frames, { deltaY: 80, shiftKey: true }, { deltaY: -80, shiftKey: true }),
  }),
};

/** A group per socket, a point per event; what it does by itself when it opens: the whole run in view. */
export const VIS: Peer = {
  name: 'vis-timeline',
  path: '/peers/vis.html',
  input: (trace) => {
    const items: unknown[] = [];
    for (let seq = 1; seq <= trace.size; seq++)
      items.push({ id: seq, group: trace.socketIndex(seq), start: seq, content: trace.call(seq) ?? trace.kind(seq), type: 'point' });
    const groups = [{ id: -1, content: 'processes' }, ...trace.sockets.map((socket, id) => ({ id, content: socket.id }))];
    return json({ groups, items });
  },
  open: (page, url, deadline) =>
    page.evaluate(
      async ({ url, deadline }) => {
        const { vis } = window as unknown as {
          vis: {
            Timeline: new (...parts: unknown[]) => { on(name: string, act: () => void): void };
            DataSet: new (data: unknown) => unknown;
          };
        };
        const bytes = await (await fetch(url)).arrayBuffer();
        const began = performance.now();
        const { items, groups } = JSON.parse(new TextDecoder().decode(bytes));
        const timeline = new vis.Timeline(document.getElementById('app'), new vis.DataSet(items), new vis.DataSet(groups), {
          stack: false,
          height: 700,
          zoomKey: 'ctrlKey',
          horizontalScroll: true,
          // By itself it shows the last groups, and the first events belong to the first ones: then there would be no item to paint.
          orientation: { axis: 'bottom', item: 'top' },
          showTooltips: false,
          zoomMin: 20,
          // As the timeline of this repository opens: the first steps, each wide enough to be read.
          start: new Date(1),
          end: new Date(31),
        });
        Object.assign(window, { timeline });
        while (!document.querySelector('.vis-item') && performance.now() - began < deadline)
          await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return { paint: document.querySelector('.vis-item') ? performance.now() - began : null };
      },
      { url, deadline },
    ),
  fit: (page) =>
    page.evaluate(() => (window as unknown as { timeline: { fit(options: object): void } }).timeline.fit({ animation: false })),
  zoom: (frames) => ({
    target: '.vis-center .vis-content',
    x: 0.5,
    y: 0.2,
    acts: wheels(frames, { deltaY: -60, ctrlKey: true }, { deltaY: 60, ctrlKey: true }),
  }),
  pan: (frames) => ({ target: '.vis-center .vis-content', x: 0.5, y: 0.2, acts: swings(frames, { deltaY: 80 }, { deltaY: -80 }) }),
};

/** One sampled profile: process, socket and call as its stack, one sample an event. */
export const SPEEDSCOPE: Peer = {
  name: 'speedscope',
  path: '/peers/speedscope/index.html',
  input: (trace) => {
    const frames: { name: string }[] = [];
    const ids = new Map<string, number>();
    const id = (name: string) => {
      let found = ids.get(name);
      if (found === undefined) {
        found = frames.push({ name }) - 1;
        ids.set(name, found);
      }
      return found;
    };
    const samples: number[][] = [];
    for (let seq = 1; seq <= trace.size; seq++) {
      const socket = trace.socketIndex(seq);
      samples.push([
        id(`pid ${trace.processes[trace.processIndex(seq)]?.pid}`),
        id(socket < 0 ? 'process' : trace.sockets[socket]!.id),
        id(trace.call(seq) ?? trace.kind(seq)),
      ]);
    }
    const profile = {
      type: 'sampled',
      name: 'run',
      unit: 'none',
      startValue: 0,
      endValue: trace.size,
      samples,
      weights: samples.map(() => 1),
    };
    return json({ $schema: 'https://www.speedscope.app/file-format-schema.json', shared: { frames }, profiles: [profile] });
  },
  open: (page, url, deadline) =>
    page.evaluate(
      async ({ url, deadline }) => {
        const bytes = await (await fetch(url)).arrayBuffer();
        const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
        const files = new DataTransfer();
        files.items.add(new File([bytes], 'run.speedscope.json'));
        const began = performance.now();
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
        // Its start page has no canvas with size; the flame chart's minimap and picture are two.
        const there = () =>
          [...document.querySelectorAll('canvas')].filter((canvas) => canvas.clientHeight > 60).length > 0 &&
          !document.body.textContent?.includes('Loading');
        while (!document.body.textContent?.includes('Left Heavy') && performance.now() - began < deadline)
          await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return { paint: document.body.textContent?.includes('Left Heavy') && there() ? performance.now() - began : null };
      },
      { url, deadline },
    ),
  // It opens with the whole run in view; 0 goes back to it.
  fit: async (page) => page.keyboard.press('0'),
  zoom: (frames) => ({
    target: '#bench-target',
    x: 0.5,
    y: 0.1,
    acts: wheels(frames, { deltaY: -60, ctrlKey: true }, { deltaY: 60, ctrlKey: true }),
  }),
  pan: (frames) => ({ target: '#bench-target', x: 0.5, y: 0.1, acts: swings(frames, { deltaX: 80 }, { deltaX: -80 }) }),
};

/** Makes the pages of the peers available. */
export function servePeers(site: HarnessSite): void {
  const vis = join(root, 'node_modules/vis-timeline');
  site.serve('/peers/vis.js', readFileSync(join(vis, 'standalone/umd/vis-timeline-graph2d.min.js')), 'text/javascript');
  site.serve('/peers/vis.css', readFileSync(join(vis, 'styles/vis-timeline-graph2d.min.css')), 'text/css');
  site.serve(
    '/peers/vis.html',
    HTML.encode('<!doctype html><link rel="stylesheet" href="vis.css"><div id="app"></div><script src="vis.js"></script>'),
    'text/html',
  );
  const folder = join(root, 'node_modules/speedscope/dist/release');
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm' };
  for (const name of readdirSync(folder))
    site.serve(`/peers/speedscope/${name}`, readFileSync(join(folder, name)), types[name.split('.').at(-1)!] ?? 'application/octet-stream');
}
