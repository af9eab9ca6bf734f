/** A trace of 1,000,000 events: load, memory, seek. Run: `node --expose-gc dist/test/bench/trace.bench.js [events]`. */
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

function make(connections: number, concurrency: number): Uint8Array {
  return makeTraceBuilder({ connections, concurrency, events: EVENTS, payload: 16, loops: true }).encoder.take();
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
  const bytes = make(connections, concurrency);
  const { size, sockets } = load(bytes);
  console.log(`${name}: ${size} events, ${sockets.length} sockets, file ${(bytes.length / size).toFixed(1)} bytes an event`);
  const loads: number[] = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    load(bytes);
    loads.push(performance.now() - from);
  }
  console.log(`  load: min ${ms(Math.min(...loads))}, median ${ms([...loads].sort((a, b) => a - b)[2]!)}, max ${ms(Math.max(...loads))}`);
  const before = memory();
  const store = load(bytes);
  const used = (memory() - before) / size;
  const payload = store.payloads.bytes / size;
  const warning = gc ? '' : ' (only true with --expose-gc)';
  console.log(`  memory: ${used.toFixed(1)} bytes an event, ${(used - payload).toFixed(1)} without payload${warning}`);
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
  console.log(`  memory after all that: ${((memory() - before) / size).toFixed(1)} bytes an event`);
}

measure('2,000 connections', 2000, 50);
measure('50,000 connections, 64 at a time', 50_000, 64);
measure('10,000 connections, all at the same time', 10_000, 10_000);
