import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { socketTable } from '../../src/export/socket-table';
import { TRANSCRIPT_WIDTH, transcript } from '../../src/export/transcript';
import { decodeWhole, TraceStore } from '../../src/trace';
import { root } from '../support/house';

const folder = join(root, 'test', 'fixtures', 'traces');
const read = (name: string) => decodeWhole(readFileSync(join(folder, `${name}.socktrace`))).store;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.socktrace'))
  .map((name) => name.replace('.socktrace', ''));
// Control characters and what else could disturb a terminal.
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

describe('transcript', () => {
  for (const name of names)
    it(`of ${name}: a line an event, none wider than ${TRANSCRIPT_WIDTH}, no control characters`, () => {
      const trace = read(name);
      const lines = [...transcript(trace)];
      const events = lines.filter((line) => /^ *\d+ {2}/.test(line));
      assert.equal(events.length, trace.size);
      for (const line of lines) {
        assert.ok(line.length <= TRANSCRIPT_WIDTH, `${line.length}: ${line}`);
        assert.doesNotMatch(line, CONTROL);
      }
    });

  it('shows a newcomer the calls, the bytes, both FINs and the states of both ends', () => {
    const text = [...transcript(read('echo'))].join('\n');
    const inOrder = [
      /server\.mjs {2}pid \d+/,
      /d derived/,
      /s1 .* socket\(AF_INET, SOCK_STREAM/,
      /s1 .* bind\(\d+, \{127\.0\.0\.1, 8080\}\) = 0/,
      /s1 .* listen\(\d+, 511\) = 0/,
      /s1 .* CLOSED -> LISTEN/,
      /s2 .* connect\(\d+, \{127\.0\.0\.1, 8080\}\) = -1 EINPROGRESS/,
      /s2 .* CLOSED -> SYN_SENT {2}SYN sent/,
    ];
    let at = 0;
    for (const pattern of inOrder) {
      const match = pattern.exec(text.slice(at));
      assert.ok(match, `${pattern} after ${at}`);
      at += match.index;
    }
    for (const pattern of [
      /accept4\(.*\) = \d+/,
      /write\(\d+, "hello, ", 7\) = 7/,
      /read\(\d+, "hello, socket!", 65536\) = 14/,
      /ESTABLISHED -> FIN_WAIT_1.*FIN sent/,
      /CLOSE_WAIT -> LAST_ACK +FIN sent/,
      /ESTABLISHED -> CLOSE_WAIT +FIN received/,
      /-> TIME_WAIT/,
      /s\d+ in TIME_WAIT: the kernel keeps that for about 60 s; the run ended before\./,
      /exit: code 0/,
    ])
      assert.match(text, pattern);
  });

  it('explains what failed', () => {
    assert.match([...transcript(read('refused'))].join('\n'), /SO_ERROR, \[ECONNREFUSED\]\) = 0 +nobody listens/);
    assert.match([...transcript(read('udp'))].join('\n'), /sendmsg\(.* = -1 EMSGSIZE/);
    assert.match([...transcript(read('reset'))].join('\n'), /close\(\d+\) = 0 +sends RST/);
  });

  it('stops at a step, follows one socket, and leaves out the middle of a long run', () => {
    const trace = read('many');
    const events = (lines: Iterable<string>) => [...lines].filter((line) => /^ *\d+ {2}/.test(line));
    assert.equal(events(transcript(trace, { last: 10 })).length, 10);
    const s3 = events(transcript(trace, { socket: 's3' }));
    assert.ok(s3.length > 5);
    for (const line of s3) assert.match(line, /s3\b/);
    const short = [...transcript(trace, { limit: 100 })];
    assert.equal(events(short).length, 100);
    assert.ok(short.includes(`... ${trace.size - 100} events are left out here`));
    assert.match(short.at(-2)!, /exit: code 0/);
  });

  it('has colour only when asked, and the same words with it', () => {
    const trace = read('echo');
    const plain = [...transcript(trace)];
    const coloured = [...transcript(trace, { colour: true })];
    assert.deepEqual(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      coloured.map((line) => line.replace(/\u001b\[\d+m/g, '')),
      plain,
    );
    assert.notDeepEqual(coloured, plain);
  });

  it('shows names of files and paths that want to disturb the terminal as harmless text', () => {
    const evil = '\x1b[2J\u202eevil\n.mjs';
    const trace = new TraceStore({ cwd: '/' });
    const { argv: _, ...process } = read('echo').processes[0]!;
    trace.addProcess({ ...process, argv: [], program: evil, notices: [evil] });
    trace.addSocket({ id: 's1', pid: process.pid, protocol: 'unix', role: 'client' });
    const event = read('echo').event(2);
    trace.append({ ...event, call: 'connect', fd: 3, args: { path: evil }, site: { file: `/${evil}`, line: 1, column: 1 } });
    trace.append({ ...event, kind: 'api', call: null, api: evil, args: { [evil]: evil } });
    const lines = [...transcript(trace)];
    for (const line of lines) assert.doesNotMatch(line, CONTROL);
    assert.match(lines.join('\n'), /\\u\{1b\}\[2J\\u\{202e\}evil\\u\{a\}/);
  });

  it('shows what the kernel said', () => {
    const trace = read('echo');
    const args = { source: 'ss -E', state: 'CLOSED', recvQueue: 6, sendQueue: 0, contradicts: 'ESTABLISHED' };
    trace.append({ ...trace.event(2), socket: 's1', kind: 'kernel', call: null, api: null, args, provenance: 'kernel' });
    assert.match([...transcript(trace)].join('\n'), / k +kernel ss -E: CLOSED, Recv-Q 6, Send-Q 0.*ESTABLISHED/);
  });

  it('says that nothing happened', () => {
    assert.match([...transcript(new TraceStore({ cwd: '/' }))].join('\n'), /Nothing happened: no socket was used/);
  });
});

describe('socket table', () => {
  it('has netstat’s columns, for the sockets that are there at a step', () => {
    const trace = read('echo');
    const at = (step: number) => socketTable(trace, step);
    assert.deepEqual(at(0), [`step 0 of ${trace.size}, 0.000 ms: no sockets`]);
    const listening = at([...trace.eventsOfSocket(0)].find((seq) => trace.stateTo(seq) === 'LISTEN')!);
    assert.match(listening[1]!, /^Socket +Program +Fd +Proto +Recv-Q +Send-Q +Local +Foreign +State$/);
    assert.match(listening[2]!, /^s1 +server\.mjs +\d+ +tcp +0 +511 +127\.0\.0\.1:8080 +\*:\* +LISTEN$/);
    assert.equal(listening.length, 3);
  });
});
