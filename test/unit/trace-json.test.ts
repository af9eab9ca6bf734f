import assert from 'node:assert/strict';
import { base64, exportJson } from '../../src/export/json';
import { makeEchoTrace, random } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

describe('JSON export', () => {
  it('is a header line and a line per event, fields in order', () => {
    const { store } = makeEchoTrace();
    const lines = [...exportJson(store)];
    assert.equal(lines.length, store.size + 1);
    assert.ok(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1));
    const header = JSON.parse(lines[0]!);
    assert.deepEqual(Object.keys(header).slice(0, 4), ['socketscope', 'platform', 'processes', 'dropped']);
    assert.deepEqual(Object.keys(header.processes[0]).slice(0, 5), ['pid', 'program', 'node', 'uv', 'exit']);
    assert.deepEqual(header.processes[0].exit, { code: 0, signal: null });
    assert.equal(
      lines[2],
      '{"seq":2,"t":31410000,"pid":4101,"socket":"s1","fd":18,"kind":"call","call":"bind","api":"server.listen","args":{"address":"127.0.0.1","port":8080},"result":0,"error":null,"bytes":null,"provenance":"derived","site":{"file":"server.mjs","line":15,"column":8},"state":null,"local":{"address":"127.0.0.1","port":8080}}\n',
    );
    const state = JSON.parse(lines[4]!);
    assert.deepEqual([state.kind, state.state, state.provenance], ['state', { from: 'CLOSED', to: 'LISTEN' }, 'observed']);
    const keys = [
      'seq',
      't',
      'pid',
      'socket',
      'fd',
      'kind',
      'call',
      'api',
      'args',
      'result',
      'error',
      'bytes',
      'provenance',
      'site',
      'state',
    ];
    for (const line of lines.slice(1)) assert.deepEqual(Object.keys(JSON.parse(line)).slice(0, keys.length), keys);
  });

  it('gives payloads as base64 and sites outside the folder as they are', () => {
    const trace = new TraceBuilder('/home/a');
    const socket = trace.open(trace.process(1, 'x.mjs'), 'tcp', 'client');
    trace.write(socket, 3, { payload: Uint8Array.of(0, 255, 10), site: { file: '/home/ab/y.mjs', line: 3, column: 1, cause: true } });
    const [, , line] = [...exportJson(trace.store)];
    assert.equal(JSON.parse(line!).payload, 'AP8K');
    assert.deepEqual(JSON.parse(line!).site, { file: '/home/ab/y.mjs', line: 3, column: 1, cause: true });
    const next = random(1);
    for (let length = 0; length < 50; length++) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(next() * 256));
      assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
    }
  });
});
