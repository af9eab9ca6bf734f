import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS, FAULT_NAMES } from '../../src/contracts/faults';
import { formatFaults, parseFaults } from '../../src/runner/fault-list';
import { root } from '../support/house';

const first = (text: string) => parseFaults(text)!.rules[0]!;
const refusal = (text: string): string => {
  try {
    parseFaults(text);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('a list of faults', () => {
  it('is nothing when it is empty', () => {
    assert.equal(parseFaults(''), null);
    assert.equal(parseFaults('  '), null);
  });

  it('reads names, amounts, conditions and the seed', () => {
    assert.deepEqual(parseFaults('seed=7, split-read=1..3, udp-drop=20%, refuse-connect@client.mjs@:8080@2x'), {
      seed: 7,
      rules: [
        { fault: 'split-read', low: 1, high: 3, chance: 1, times: null, program: null, port: null, side: null, direction: 'receive' },
        { fault: 'udp-drop', low: 0, high: 0, chance: 0.2, times: null, program: null, port: null, side: null, direction: 'receive' },
        {
          fault: 'refuse-connect',
          low: 0,
          high: 0,
          chance: 1,
          times: 2,
          program: 'client.mjs',
          port: 8080,
          side: null,
          direction: 'receive',
        },
      ],
    });
    assert.equal(parseFaults('split-read')!.seed, 1);
  });

  it('knows units', () => {
    const range = (text: string) => [first(text).low, first(text).high];
    assert.deepEqual(range('delay-read=20'), [20, 20]);
    assert.deepEqual(range('delay-read=0.5s'), [500, 500]);
    assert.deepEqual(range('delay-read=10..50ms'), [10, 50]);
    assert.deepEqual(range('delay-read=10ms..2s'), [10, 2000]);
    assert.deepEqual(range('reset-after=64k'), [65536, 65536]);
    assert.deepEqual(range('slow-reader=1000/s'), [1000, 1000]);
    assert.deepEqual(range('slow-reader=64k/s'), [65536, 65536]);
    assert.deepEqual(range('short-write=1..2k'), [1024, 2048]);
  });

  it('knows conditions in their short and long forms', () => {
    assert.equal(first('split-read@20%').chance, 0.2);
    assert.equal(first('split-read@client').side, 'client');
    assert.equal(first('split-read@server').side, 'server');
    assert.equal(first('udp-drop@send').direction, 'send');
    assert.equal(first('split-read@port:80').port, 80);
    assert.equal(first('split-read@program:server').program, 'server');
    assert.equal(first('udp-drop@35%').chance, 0.35);
  });

  it('has every fault with a usual amount, but for the one that must say its bytes', () => {
    for (const name of FAULT_NAMES) {
      if (name === 'reset-after') continue;
      const rule = first(name);
      assert.equal(rule.fault, name);
      if (FAULT_KINDS[name].unit === '%') assert.equal(rule.chance, FAULT_KINDS[name].usual[0] / 100);
    }
  });

  it('reads back what it writes', () => {
    const list =
      'seed=9,split-read=1..8@25%@2x@client.mjs@:80@client,delay-read=10..50ms,slow-reader=1000/s,udp-drop=12.5%@send,refuse-connect@program:srv,hang-connect=127000ms,reset-after=10';
    const spec = parseFaults(list);
    assert.equal(formatFaults(spec!), list);
    assert.deepEqual(parseFaults(formatFaults(spec!)), spec);
  });

  it('takes the same as JSON', () => {
    const json = JSON.stringify({
      seed: 7,
      faults: [
        { fault: 'split-read', amount: [1, 3] },
        { fault: 'udp-drop', amount: 20 },
        { fault: 'refuse-connect', program: 'client.mjs', port: 8080, times: 2 },
      ],
    });
    assert.deepEqual(parseFaults(json), parseFaults('seed=7,split-read=1..3,udp-drop=20%,refuse-connect@client.mjs@:8080@2x'));
    assert.deepEqual(parseFaults('[{"fault":"join-read","chance":0.5,"side":"server"}]'), parseFaults('join-read@50%@server'));
  });

  it('says what is wrong in one sentence', () => {
    const wrong: [string, RegExp][] = [
      ['split-reed', /^--faults: there is no fault "split-reed"; did you mean split-read\?$/],
      ['drop', /did you mean udp-drop\?/],
      ['nonsense', /there are split-read, join-read/],
      ['split-read=0', /the number must be from 1 to/],
      ['split-read=9..3', /9 is more than 3/],
      ['split-read=3ms', /after = come bytes, such as 3 or 1\.\.8/],
      ['split-read=', /after = come bytes/],
      ['split-read=1.5', /after = come bytes/],
      ['delay-read=20%', /after = come a time/],
      ['udp-drop=3', /after = come a percentage, such as 20%/],
      ['udp-drop=120%', /from 0% to 100%/],
      ['refuse-connect=3', /takes no number; leave out =3/],
      ['reset-after', /say after how many bytes/],
      ['seed=7', /names no fault, only a seed/],
      ['seed=x,split-read', /is no seed/],
      ['split-read,,udp-drop', /empty place/],
      ['split-read@nobody', /"@nobody" is no condition; write @client\.mjs/],
      ['split-read@:99999', /a port is from 1 to 65535/],
      ['split-read@0x', /at least 1/],
      ['split-read@send', /@send is for datagrams/],
      ['udp-drop@client', /neither client nor server/],
      ['refuse-connect@server', /only clients connect/],
      ['{"faults": 3}', /"faults" must be a list/],
      ['{"faults": [', /begins like JSON but is none/],
      ['{"fault": "split-read"}', /"fault" is not known here; there are seed, faults/],
      ['[{"fault": "split-read", "bytes": 3}]', /"bytes" is not known here/],
      ['[{"fault": "split-read", "chance": 20}]', /"chance" must be from 0 to 1/],
      ['[3]', /3 is no fault/],
    ];
    for (const [text, pattern] of wrong) {
      assert.match(refusal(text), pattern, text);
      assert.ok(!refusal(text).includes('\n'), text);
    }
    assert.throws(() => parseFaults('x', 'socketscope.faults'), /^Error: socketscope\.faults: there is no fault "x"/);
  });

  it('is described fault by fault in the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const name of FAULT_NAMES) assert.ok(readme.includes(`\`${name}`), `README.md has no ${name}`);
  });
});
