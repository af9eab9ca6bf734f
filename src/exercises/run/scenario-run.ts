/** One run of the program under test with the hidden peer, to its end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Scenario } from '../../contracts/exercise-checks';
import { Collector } from '../../runner/collector';
import { parseFaults } from '../../runner/fault-list';
import type { SharedSs } from '../../runner/kernel/shared-ss';
import { stopTree } from '../../runner/process-tree';
import type { NodeRuntime } from '../../runner/program';
import { type ProgramStep, ProgressScout } from '../../runner/progress-scout';
import { createRunFolder, removeRunFolder } from '../../runner/run-folder';
import type { CallKnowledge } from '../../runner/translate';
import { decodeWhole, type TraceStore } from '../../trace';
import { FairClock } from '../fair-clock';
import type { FromPeer, PeerLog, StartOrder } from '../peer/messages';
import { LearnerProcess } from './learner-process';
import { LIMITS, type Limits, type UsageWatch } from './limits';
import type { PeerProcess, PeerProcesses } from './peer-process';
import { settled } from './settled';
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
  peers: PeerProcesses;
  usage: UsageWatch;
  runtime: NodeRuntime;
  knowledge: CallKnowledge;
  ss: SharedSs;
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
  /** The port that the peer's script named to the program that was started last; null for none. */
  port: string | null;
  /** Whether the machine was too busy for a verdict that something did not come in time. */
  hurried: boolean;
  ms: number;
}

const PUMP_EVERY = 15;
const LOOK_EVERY = 4;
const DEFAULT_LIMIT = 4000;
const LONGEST = 20_000;
const DEFAULT_SETTLE = 600;
/** ms that a program gets to print and close because of the last step, once nothing is left to do for the peer. */
const QUIET = 40;
const RECORDS = 96 * 1024 * 1024;
const NOBODY: PeerLog = { entries: [], stopped: null, hurried: false, ends: [], kept: {} };

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
  private port: string | null = null;
  private readonly scout: ProgressScout;
  /** What the program did since the peer was told. */
  private steps: ProgramStep[] = [];
  private readonly collector: Collector;
  private readonly timers: NodeJS.Timeout[] = [];
  private peer: PeerProcess | null = null;
  private stopped = false;
  /** Whether the script was cut off: nobody knows what it still does. */
  private cutOff = false;
  private readonly clock = new FairClock();
  private wake = () => {};
  private log: PeerLog | null = null;
  private problem: string | null = null;

  constructor(private readonly plan: RunPlan) {
    this.scout = new ProgressScout(this.runFolder, (step) => this.steps.push(step));
    this.collector = new Collector({
      runFolder: this.runFolder,
      out: plan.out,
      knowledge: plan.knowledge,
      cwd: plan.folder,
      limit: RECORDS,
      maxEvents: 200_000,
      ss: plan.ss,
    });
  }

  async play(): Promise<RunOutcome> {
    const { scenario, plan } = { scenario: this.plan.scenario, plan: this.plan };
    const began = Date.now();
    this.plan.signal?.addEventListener('abort', () => this.wake());
    const limit = Math.min(scenario.limit ?? DEFAULT_LIMIT, LONGEST);
    this.timers.push(
      setInterval(() => {
        this.look();
        this.wake();
      }, LOOK_EVERY),
      setInterval(() => this.collector.pump(), PUMP_EVERY),
    );
    const left = () => limit - this.clock.now();
    if (scenario.peer === undefined) {
      this.log = NOBODY;
      await this.start({ args: [], env: {}, file: null });
    } else this.startPeer();
    const broken = () => this.plan.signal?.aborted === true || this.programs.some((program) => program.limit !== null);
    await this.until(() => this.log !== null || broken(), left());
    if (this.log === null) {
      this.cutOff = true;
      this.peer?.tell({ type: 'over' });
      await this.until(() => this.log !== null, 500);
    }
    const ended = () => this.programs.every((program) => program.end !== null);
    const byItself = scenario.ends === 'itself';
    // A script that has waited for the end in vain has decided that it does not come in time.
    const inVain = this.log?.entries.findLast(({ step }) => step === 'exited')?.ok === false;
    if (!byItself) await this.settle(() => ended() || broken(), left());
    else if (!inVain) await this.until(() => ended() || broken(), Math.max(0, left()));
    this.look();
    const last = this.programs.at(-1);
    const endedAlone = this.programs.length > 0 && ended() && !broken();
    const waited = inVain && last !== undefined ? Date.now() - last.began : limit;
    const late = byItself && !endedAlone && !broken() ? `it did not end within ${(waited / 1000).toFixed(1)} s` : null;
    await this.stop();
    const { epoch } = this.scout;
    await this.collector.finish();
    const trace = decodeWhole(readFileSync(plan.out)).store;
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
    const { port } = this;
    // One that was stopped for what it used is judged by that: it may well have kept the machine busy itself.
    const hurried = (log.hurried || this.clock.hurried) && this.programs.every((program) => program.limit === null);
    return { outcome, log: { ...log, stopped: this.problem ?? log.stopped }, trace, epoch, port, hurried, ms: Date.now() - began };
  }

  async dispose(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.stop();
    this.scout.close();
    if (this.peer !== null) this.plan.peers.give(this.peer, this.log !== null && !this.cutOff);
    removeRunFolder(this.runFolder);
    rmSync(this.cwd, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends every process of the program, also those that it detached, and waits until they are gone. */
  private async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    if (await this.stopAlone()) return;
    const roots = this.programs.filter((program) => program.end === null).map((program) => program.pid);
    // Children first are found by their parents, so the parents must still be there; those that are alone are found by the run folder.
    await stopTree({ roots, runFolder: this.runFolder, graceMs: 0 });
    for (const program of this.programs) program.kill();
    await this.until(() => this.programs.every((program) => program.end !== null), 1000);
    for (const program of this.programs) program.dispose();
  }

  /** As a rule the programs have started nothing: then nobody need look at all processes of the machine. true when they are gone. */
  private async stopAlone(): Promise<boolean> {
    const pids = this.programs.map((program) => program.pid);
    const others = () => this.plan.usage.members(this.runFolder)?.some((pid) => !pids.includes(pid)) ?? true;
    if (others() || this.plan.usage.haveChildren(pids)) return false;
    for (const program of this.programs) program.kill();
    await this.until(() => this.programs.every((program) => program.end !== null), 1000);
    if (others()) return false;
    for (const program of this.programs) program.dispose();
    return true;
  }

  /** Looks what the programs have done, and tells the peer. */
  private look(): void {
    this.scout.look();
    if (this.steps.length === 0) return;
    this.peer?.tell({ type: 'steps', steps: this.steps });
    this.steps = [];
  }

  private async start(order: StartOrder): Promise<string | null> {
    const { plan } = this;
    const { scenario } = plan;
    this.port = order.env.PORT ?? null;
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
          usage: plan.usage,
          onOutput: (text) => this.peer?.tell({ type: 'output', text }),
          onEnd: (end) => {
            // Everything it did before comes before its end.
            this.look();
            this.collector.programEnded(end);
            this.peer?.tell({ type: 'exited', code: end.code, signal: end.signal });
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

  private startPeer(): void {
    const { checks, scenario, seed, peers } = this.plan;
    const peer = peers.take();
    this.peer = peer;
    if (peer.pid !== undefined) this.clock.follow(peer.pid, 'ours');
    peer.onMessage = (message) => void this.from(message);
    peer.onEnd = () => {
      this.log ??= { ...NOBODY, stopped: 'the peer ended before its script did' };
      this.wake();
    };
    peer.tell({ type: 'go', checks, scenario: scenario.id, seed, limit: scenario.limit ?? DEFAULT_LIMIT });
  }

  private async from(message: FromPeer): Promise<void> {
    switch (message.type) {
      case 'start':
        {
          const problem = await this.start(message.order);
          this.peer?.tell({ type: 'started', id: message.id, pid: this.programs.at(-1)?.pid ?? 0, cwd: this.cwd, problem });
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

  /** Lets the program finish what the script began: until nothing is left to do, and a moment more, or its time to settle is over. */
  private async settle(over: () => boolean, left: number): Promise<void> {
    const { settle } = this.plan.scenario;
    const ends = this.log?.ends ?? [];
    const done = () => {
      const { connections } = this.scout;
      return settle === undefined ? settled(connections, ends) : !connections.some(({ open }) => open);
    };
    const time = Math.min(settle ?? DEFAULT_SETTLE, left);
    const until = this.clock.now() + time;
    await this.until(() => over() || done(), time);
    // What it prints or closes because of the last step comes now.
    await this.until(over, Math.min(QUIET, until - this.clock.now()));
    await this.until(() => over() || done(), until - this.clock.now());
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
