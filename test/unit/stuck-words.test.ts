import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STUCK_PATTERNS, type StuckFinding } from '../../src/contracts/stuck';
import { stuckReport } from '../../src/export/stuck-report';
import { stuckText } from '../../src/knowledge';
import { STUCK_WORDS } from '../../src/knowledge/stuck';
import { findStuck, lookForStuck } from '../../src/trace';
import { root } from '../support/house';
import { makeEchoTrace, makeTrace } from '../support/make-trace';

describe('words for what is stuck', () => {
  const { store } = makeEchoTrace();
  const socket = store.sockets.find((one) => one.peer !== null)!;
  const finding = (pattern: StuckFinding['pattern']): StuckFinding => ({
    pattern,
    certain: true,
    pid: socket.pid,
    socket: socket.id,
    state: 'CLOSE_WAIT',
    orState: null,
    since: socket.birth,
    lasted: 12e9,
    peer: { socket: socket.peer!, pid: 7, state: 'FIN_WAIT_2', running: true },
    site: { file: '/x/server.mjs', line: 12, column: 3 },
    siteIs: 'made',
    numbers: { bytes: 5, waiting: 1 },
    look: 'line',
    others: [],
    follows: false,
  });

  for (const pattern of STUCK_PATTERNS)
    it(`${pattern}: every fact is filled in, the card exists`, () => {
      const text = stuckText(store, finding(pattern));
      for (const part of [text.title, text.is, text.missing, text.peer, text.look, text.ask, text.fix])
        assert.doesNotMatch(part, /[{}]|undefined|NaN/);
      assert.ok(text.title && text.is && text.ask && text.fix);
      assert.ok(existsSync(join(root, 'media', 'docs', `${text.card}.md`)), text.card);
      assert.match(text.reference.url, /^https:/);
    });

  it('has words for patterns alone', () => assert.deepEqual(Object.keys(STUCK_WORDS).sort(), [...STUCK_PATTERNS].sort()));

  it('says of a live run that it has lasted at least so long', () => {
    assert.match(stuckText(store, finding('close-wait'), true).is, /for at least 12 s/);
    assert.match(stuckText(store, finding('close-wait')).is, /for 12 s/);
  });

  it('reports in lines of at most 100 columns, and says when there is nothing', () => {
    const lines = [...stuckReport(store, [finding('close-wait'), { ...finding('half-open'), follows: true }])];
    assert.ok(lines.every((line) => line.length <= 100));
    assert.match(lines.join('\n'), /1\. CLOSE_WAIT: the program never calls end\(\)\n {3}made at .*server\.mjs:12:3/);
    assert.match(lines.join('\n'), /2\. .* \(follows from one above\)/);
    assert.match([...stuckReport(store, [])][0]!, /^Nothing is stuck/);
  });

  it('finds nothing in an echo that ended', () => assert.deepEqual(findStuck(store), []));

  it('looks through a run of many sockets in small pieces, with the same answer', () => {
    const crowd = makeTrace({ events: 20_000, connections: 400, concurrency: 350 });
    const step = crowd.size - 2000;
    let asked = 0;
    const counting = new Proxy(crowd, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name === 'socketAt' || name === 'eventsOfSocket') asked++;
        return value.bind(target);
      },
    });
    const look = lookForStuck(counting, { step, least: 0 });
    let pieces = 0;
    for (;;) {
      const before = asked;
      const piece = look.next();
      assert.ok(asked - before <= 600, `${asked - before} questions about sockets in a piece`);
      if (piece.done) {
        assert.equal(piece.value.step, step);
        assert.ok(piece.value.findings.length > 0);
        assert.deepEqual(piece.value.findings, findStuck(crowd, { step, least: 0 }));
        break;
      }
      pieces++;
    }
    assert.ok(pieces > 20 && asked > 800, `${pieces} pieces, ${asked} questions`);
  });
});
