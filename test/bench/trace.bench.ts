/** A trace of 1,000,000 events: load, memory, seek. Run: `node --expose-gc dist/test/bench/trace.bench.js [events]`. */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { encodeWhole, SocktraceDecoder, type TraceStore } from '../../src/trace';
import { makeTraceBuilder, random } from '../support/make-trace';

declare const gc: (() => void) | undefined;

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

function quantiles(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => ms(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} (${values.length} seeks)`;
}

function memory(): number {
  gc?.();
  gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Decodes in pieces of 1 MiB, as a view gets them. */
function load(bytes: Uint8Array): TraceStore {
  const decoder = new SocktraceDecoder();
  for (let at = 0; at < bytes.length; at += 1 << 20) decoder.push(bytes.subarray(at, at + (1 << 20)));
  const { problem } = decoder.status();
  if (problem !== null) throw new Error(problem);
  return decoder.store;
}

function seeks(store: TraceStore, steps: number[]): string {
  const times = steps.map((step) => {
    const from = performance.now();
    store.stateAt(step);
    return performance.now() - from;
  });
  return quantiles(times);
}

function measure(name: string, connections: number, concurrency: number): void {
  const builder = makeTraceBuilder({ connections, concurrency, events: EVENTS, payload: 16 });
  let bytes: Uint8Array | null = builder.encoder.take();
  const { size } = builder.store;
  console.log(`${name}: ${size} events, ${builder.store.sockets.length} sockets, file ${(bytes.length / size).toFixed(1)} bytes an event`);
  const loads: number[] = [];
  let store = load(bytes);
  for (let round = 0; round < 5; round++) {
    const before = memory();
    const from = performance.now();
    store = load(bytes);
    loads.push(performance.now() - from);
    if (round === 4) {
      const used = memory() - before + held;
      const payload = store.payloads.bytes;
      console.log(
        `  memory: ${(used / size).toFixed(1)} bytes an event, ${((used - payload) / size).toFixed(1)} without payload${gc ? '' : ' (run with --expose-gc for a true figure)'}`,
      );
    }
    held = memory() - before;
  }
  console.log(`  load: min ${ms(Math.min(...loads))}, median ${ms([...loads].sort((a, b) => a - b)[2]!)}, max ${ms(Math.max(...loads))}`);
  const first = performance.now();
  store.stateAt(size >> 1);
  console.log(`  first seek (builds the index): ${ms(performance.now() - first)}`);
  const next = random(9);
  console.log(
    `  seek, random: ${seeks(
      store,
      Array.from({ length: 2000 }, () => Math.floor(next() * (size + 1))),
    )}`,
  );
  const middle = size >> 1;
  console.log(
    `  step forward: ${seeks(
      store,
      Array.from({ length: 2000 }, (_, i) => middle + i),
    )}`,
  );
  console.log(
    `  step back: ${seeks(
      store,
      Array.from({ length: 2000 }, (_, i) => middle + 2000 - i),
    )}`,
  );
  const spans: number[] = [];
  for (let n = 0; n < 200; n++) {
    const at = Math.floor(next() * size);
    const from = performance.now();
    store.linksBetween(at, at + 500);
    spans.push(performance.now() - from);
  }
  console.log(`  links of 500 steps: ${quantiles(spans)}`);
  const writing = performance.now();
  const written = encodeWhole(store).length;
  console.log(`  write again: ${ms(performance.now() - writing)}, ${written} bytes`);
  if (process.env.TRACE_OUT) writeFileSync(process.env.TRACE_OUT, bytes);
  bytes = null;
}

let held = 0;
measure('2,000 connections', 2000, 50);
measure('100,000 connections, 64 at a time', 100_000, 64);
