/** The TCP states of a trace, held against the kernel's own: the tracepoint sock:inet_sock_set_state of the same run (Linux, root). */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceReader } from '../../src/contracts/trace-model';
import { decodeWhole } from '../../src/trace';
import { cli, root } from '../support/house';

const SCENARIOS = [
  'client-first',
  'server-first',
  'server-reset',
  'client-reset',
  'refused',
  'half-open',
  'unread',
  'kill',
  'kill-unread',
  'exit',
  'write-after-close',
];

const NAMES: Record<string, string> = { CLOSE: 'CLOSED', FIN_WAIT1: 'FIN_WAIT_1', FIN_WAIT2: 'FIN_WAIT_2' };

/** By `local port remote port`: the states that the kernel gave to this end, from the moment it was connected or connecting. */
function kernelPaths(text: string): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const match = /protocol=IPPROTO_TCP sport=(\d+) dport=(\d+) .*newstate=TCP_(\S+)/.exec(line);
    if (match === null) continue;
    const key = `${match[1]} ${match[2]}`;
    const state = NAMES[match[3]!] ?? match[3]!;
    const path = paths.get(key) ?? [];
    paths.set(key, path);
    // The kernel sets FIN_WAIT_1 twice when a close follows a shutdown; SYN_RECV is before there is a socket to accept.
    if (state !== 'LISTEN' && state !== 'SYN_RECV' && state !== path.at(-1)) path.push(state);
  }
  return paths;
}

/** The kernel has no tracepoint for TIME_WAIT, and tells CLOSED when a closed socket waits in FIN_WAIT_2 without its program. */
function comparable(path: string[]): string[] {
  const end = path.at(-1) === 'TIME_WAIT' || (path.at(-1) === 'CLOSED' && path.at(-2) === 'FIN_WAIT_2') ? -1 : path.length;
  return path.slice(0, end);
}

/** As kernelPaths, from the trace; a socket that was never connected has no name of its own and is found by its remote port. */
function tracePaths(trace: TraceReader): { local: number | null; remote: number; path: string[] }[] {
  return trace.sockets.flatMap(({ role, local, remote }, index) => {
    if (role === 'listener' || remote === null || !('port' in remote)) return [];
    const path = [...trace.eventsOfSocket(index)].map((seq) => trace.stateTo(seq)).filter((state) => state !== null);
    return [{ local: local !== null && 'port' in local ? local.port : null, remote: remote.port, path }];
  });
}

describe('TCP states against the kernel', function () {
  this.timeout(60_000);
  let tracing = '';
  let mounted = '';
  let instance = '';
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-states-'));

  before(function () {
    const usable = (path: string) => existsSync(join(path, 'events/sock/inet_sock_set_state'));
    try {
      tracing = '/sys/kernel/tracing';
      if (!usable(tracing)) {
        mounted = join(folder, 'tracing');
        mkdirSync(mounted);
        execFileSync('mount', ['-t', 'tracefs', 'nodev', mounted], { stdio: 'ignore' });
        tracing = mounted;
      }
      assert.ok(usable(tracing));
      instance = join(tracing, 'instances', `socketscope-${process.pid}`);
      mkdirSync(instance);
      // Other programs of the machine write into it, too: room enough that they push nothing of ours out.
      writeFileSync(join(instance, 'buffer_size_kb'), '8192');
      writeFileSync(join(instance, 'events/sock/inet_sock_set_state/enable'), '1');
    } catch {
      console.log('      skipped: the kernel lets nobody look at its TCP states here (needs Linux, root and tracefs)');
      this.skip();
    }
  });

  after(() => {
    if (instance !== '' && existsSync(instance)) {
      writeFileSync(join(instance, 'events/sock/inet_sock_set_state/enable'), '0');
      rmdirSync(instance);
    }
    if (mounted !== '' && tracing === mounted) execFileSync('umount', [mounted]);
    rmSync(folder, { recursive: true, force: true });
  });

  for (const scenario of SCENARIOS) {
    it(scenario, async () => {
      const out = join(folder, `${scenario}.socktrace`);
      const programs = join(root, 'test/fixtures/programs/states');
      writeFileSync(join(instance, 'trace'), '');
      const env = { ...process.env, SCENARIO: scenario, PORT_FILE: join(folder, `${scenario}.port`) };
      const run = spawn(
        process.execPath,
        [cli, 'run', '--out', out, join(programs, 'server.mjs'), '--then', join(programs, 'client.mjs')],
        {
          env,
          stdio: 'ignore',
        },
      );
      await new Promise((resolve) => run.on('exit', resolve));
      const kernel = kernelPaths(readFileSync(join(instance, 'trace'), 'utf8'));
      const { store } = decodeWhole(readFileSync(out));
      const ours = tracePaths(store);
      assert.equal(ours.length, scenario === 'refused' ? 1 : 2);
      for (const { local, remote, path } of ours) {
        // At SYN_SENT the kernel has not yet given the client its port: that state stands alone under port 0.
        const found = [...kernel].filter(
          ([key]) => !key.startsWith('0 ') && (local === null ? key.endsWith(` ${remote}`) : key === `${local} ${remote}`),
        );
        assert.equal(found.length, 1, `the kernel knows ${found.length} sockets ${local} ${remote}`);
        const connecting = path[0] === 'SYN_SENT' ? (kernel.get(`0 ${remote}`) ?? []) : [];
        assert.deepEqual(comparable(path), comparable([...connecting, ...found[0]![1]]));
      }
    });
  }
});
