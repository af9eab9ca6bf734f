/** One run of the program under test with the hidden peer, to its end. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Scenario } from '../../contracts/exercise-checks';
import { Collector } from '../../runner/collector';
import { parseFaults } from '../../runner/fault-list';
import { stopTree } from '../../runner/process-tree';
import type { NodeRuntime } from '../../runner/program';
import { ProgressScout } from '../../runner/progress-scout';
import { createRunFolder, removeRunFolder } from '../../runner/run-folder';
import type { CallKnowledge } from '../../runner/translate';
import { decodeWhole, type TraceStore } from '../../trace';
import { FairClock } from '../fair-clock';
import type { FromPeer, PeerLog, StartOrder, ToPeer } from '../peer/messages';
import { LearnerProcess } from './learner-process';
import { LIMITS, type Limits } from './limits';
import { unhandledError } from './unhandled';

export interface RunPlan {
  scenario: Scenario;
  /** Absolute path of checks.mjs. */
  checks: string;
  /** Folder of the files that are run, and the entry in it. */
  folder: string;
  entry: string;
  seed: number;
  probe: string;
  /** The `socketscope` command, which is the peer's process, too. */
  cli: string;
  runtime: NodeRuntime;
  knowledge: CallKnowledge;
  /** The trace to write. */
  out: string;
  limits?: Limits;
  signal?: AbortSignal;
}

export interface RunOutcome {
  outcome: Outcome;
  log: PeerLog;
  trace: TraceStore;
  /** 0 of the trace on the clock of the peer, ns. */
  epoch: number;
  ms: number;
}

const PUMP_EVERY = 15;
const LOOK_EVERY = 4;
const DEFAULT_LIMIT = 4000;
const LONGEST = 20_000;
const DEFAULT_SETTLE = 600;
const RECORDS = 96 * 1024 * 1024;
const NOBODY: PeerLog = { entries: [], stopped: null, ends: [], kept: {} };

/** Plays one scenario. Throws only when something of ours is wrong. */
export async function runScenario(plan: RunPlan): Promise<RunOutcome> {
  const run = new ScenarioRun(plan);
  try {
    return await run.play();
  } finally {
    await run.dispose();
  }
}

class ScenarioRun {
  private readonly runFolder = createRunFolder();
  private readonly cwd = mkdtempSync(join(tmpdir(), 'socketscope-work-'));
  private readonly programs: LearnerProcess[] = [];
  private readonly scout: ProgressScout;
  private readonly collector: Collector;
  private readonly timers: NodeJS.Timeout[] = [];
  private peer: ChildProcess | null = null;
  private readonly clock = new FairClock();
  private wake = () => {};
  private log: PeerLog | null = null;
  private problem: string | null = null;

  constructor(private readonly plan: RunPlan) {
    this.scout = new ProgressScout(this.runFolder, (step) => this.tell({ type: 'step', step }));
    this.collector = new Collector({
      runFolder: this.runFolder,
      out: plan.out,
      knowledge: plan.knowledge,
      cwd: plan.folder,
      limit: RECORDS,
      maxEvents: 200_000,
    });
  }

  async play(): Promise<RunOutcome> {
    const { scenario, plan } = { scenario: this.plan.scenario, plan: this.plan };
    const began = Date.now();
    this.plan.signal?.addEventListener('abort', () => this.wake());
    const limit = Math.min(scenario.limit ?? DEFAULT_LIMIT, LONGEST);
    this.timers.push(
      setInterval(() => {
        this.scout.look();
        this.wake();
      }, LOOK_EVERY),
      setInterval(() => this.collector.pump(), PUMP_EVERY),
    );
    const left = () => limit - this.clock.now();
    if (scenario.peer === undefined) {
      this.log = NOBODY;
      await this.start({ args: [], env: {}, file: null });
    } else await this.startPeer();
    const broken = () => this.plan.signal?.aborted === true || this.programs.some((program) => program.limit !== null);
    await this.until(() => this.log !== null || broken(), left());
    if (this.log === null) {
      this.tell({ type: 'over' });
      await this.until(() => this.log !== null, 500);
    }
    const ended = () => this.programs.every((program) => program.end !== null);
    const byItself = scenario.ends === 'itself';
    if (byItself) await this.until(() => ended() || broken(), Math.max(0, left()));
    else
      await this.until(
        () => ended() || broken() || this.scout.openConnections === 0,
        Math.min(scenario.settle ?? DEFAULT_SETTLE, Math.max(0, left())),
      );
    this.scout.look();
    const endedAlone = this.programs.length > 0 && ended() && !broken();
    const late = byItself && !endedAlone && !broken() ? `it did not end within ${(limit / 1000).toFixed(1)} s` : null;
    await this.stop();
    this.peer?.disconnect();
    const { epoch } = this.scout;
    await this.collector.finish();
    const trace = decodeWhole(readFileSync(plan.out)).store;
    const last = this.programs.at(-1);
    const limited = this.programs.find((program) => program.limit !== null)?.limit ?? late;
    const stderr = this.programs.map((program) => program.stderr).join('');
    const outcome: Outcome = {
      started: last !== undefined,
      endedBy: limited !== null ? 'limit' : endedAlone ? 'itself' : 'grader',
      limit: limited,
      code: last?.end?.code ?? null,
      signal: last?.end?.signal ?? null,
      stdout: this.programs.map((program) => program.stdout).join(''),
      stderr,
      unhandled: endedAlone ? unhandledError(stderr) : null,
      ms: last === undefined ? 0 : Date.now() - last.began,
    };
    const log = this.log ?? { ...NOBODY, stopped: 'the peer did not answer' };
    return { outcome, log: { ...log, stopped: this.problem ?? log.stopped }, trace, epoch, ms: Date.now() - began };
  }

  async dispose(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.stop();
    this.scout.close();
    this.peer?.kill('SIGKILL');
    removeRunFolder(this.runFolder);
    rmSync(this.cwd, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends every process of the program, also those that it detached, and waits until they are gone. */
  private async stop(): Promise<void> {
    const roots = this.programs.filter((program) => program.end === null).map((program) => program.pid);
    // Children first are found by their parents, so the parents must still be there; those that are alone are found by the run folder.
    await stopTree({ roots, runFolder: this.runFolder, graceMs: 0 });
    for (const program of this.programs) program.kill();
    await this.until(() => this.programs.every((program) => program.end !== null), 1000);
    for (const program of this.programs) program.dispose();
  }

  private async start(order: StartOrder): Promise<string | null> {
    const { plan } = this;
    const { scenario } = plan;
    try {
      this.programs.push(
        await LearnerProcess.start({
          runFolder: this.runFolder,
          probe: plan.probe,
          runtime: plan.runtime,
          program: join(plan.folder, order.file ?? scenario.file ?? plan.entry),
          cwd: this.cwd,
          args: [...(scenario.args ?? []), ...order.args],
          env: { ...scenario.env, ...order.env },
          faults: scenario.faults === undefined ? null : parseFaults(scenario.faults),
          payload: scenario.payload ?? 256,
          maxBytes: RECORDS,
          limits: plan.limits ?? LIMITS,
          onOutput: (text) => this.tell({ type: 'output', text }),
          onEnd: (end) => {
            // Everything it did before comes before its end.
            this.scout.look();
            this.collector.programEnded(end);
            this.tell({ type: 'exited', code: end.code, signal: end.signal });
            this.wake();
          },
        }),
      );
      this.clock.follow(this.programs.at(-1)!.pid);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private async startPeer(): Promise<void> {
    const { plan } = this;
    const peer = fork(plan.cli, ['exercise-peer'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    this.peer = peer;
    if (peer.pid !== undefined) this.clock.follow(peer.pid);
    peer.on('message', (message: FromPeer) => void this.from(message));
    peer.on('error', () => {});
    peer.once('exit', () => {
      this.log ??= { ...NOBODY, stopped: 'the peer ended before its script did' };
      this.wake();
    });
  }

  private async from(message: FromPeer): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell({
          type: 'go',
          checks: this.plan.checks,
          scenario: this.plan.scenario.id,
          seed: this.plan.seed,
          limit: this.plan.scenario.limit ?? DEFAULT_LIMIT,
        });
        break;
      case 'start':
        {
          const problem = await this.start(message.order);
          this.tell({ type: 'started', id: message.id, pid: this.programs.at(-1)?.pid ?? 0, cwd: this.cwd, problem });
        }
        break;
      case 'signal':
        this.programs.at(-1)?.signal(message.name as NodeJS.Signals);
        break;
      case 'type':
        this.programs.at(-1)?.type(message.text);
        break;
      case 'done':
        this.log = message.log;
        this.wake();
        break;
    }
  }

  private tell(message: ToPeer): void {
    if (this.peer?.connected) this.peer.send(message, () => {});
  }

  /** Waits until `test` holds, at most `within` ms of the fair clock. */
  private until(test: () => boolean, within: number): Promise<void> {
    if (test() || within <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        callOff();
        this.wake = () => {};
        resolve();
      };
      const callOff = this.clock.after(within, end);
      this.wake = () => {
        if (test()) end();
      };
    });
  }
}
