/**
 * Makes a recorded trace fit to be stored in test/fixtures/traces: the folder of the recording becomes /home/learner/NAME and the
 * descriptors, pids and times stay. Run: `node dist/test/support/store-trace.entry.js RECORDED.socktrace NAME OUT.socktrace`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../src/contracts/trace';
import { decodeWhole, encodeWhole, TraceStore } from '../../src/trace';

const [recorded, name, out] = process.argv.slice(2);
if (!recorded || !name || !out) throw new Error('usage: store-trace RECORDED.socktrace NAME OUT.socktrace');
const { store, status } = decodeWhole(readFileSync(recorded));
if (status.problem !== null) throw new Error(status.problem);
const { cwd } = store.header;
const home = `/home/learner/${name}`;
const moved = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(cwd, home)) as T;
const kept = new TraceStore(moved({ ...store.header, processes: undefined }));
for (const process of store.processes) {
  const { argv, ...rest } = moved(process);
  kept.addProcess({ ...rest, argv: [argv[0]!.replace(/^.*\//, ''), ...argv.slice(1)], ended: null, exit: null });
}
for (const { id, pid, protocol, role, listener } of store.sockets) kept.addSocket({ id, pid, protocol, role, listener });
for (let seq = 1; seq <= store.size; seq++) {
  const { payload, args, site, ...event } = store.event(seq);
  for (const loop of store.loops) if (loop.at(seq) >= 0) kept.addLoop(loop.process, loop.reading(loop.at(seq)));
  kept.append({ ...event, args: moved<JsonObject | null>(args), site: moved(site), payload });
}
writeFileSync(out, encodeWhole(kept));
console.log(`${out}: ${kept.size} events of ${kept.sockets.length} sockets`);
