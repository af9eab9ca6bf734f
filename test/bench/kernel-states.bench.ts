/**
 * TCP states of the trace against the kernel's tracepoint: every scenario, 20 rounds, both ends traced and one only. Needs Linux and root.
 * Run: `npm run bench -- kernel-states`, or `node dist/test/bench/kernel-states.bench.js ROUNDS [SCENARIO...]`.
 */
import { type Ends, runScenario, SCENARIOS, type Scenario } from '../support/state-scenarios';
import { StateTracepoint } from '../support/state-tracepoint';

interface Tally {
  sockets: number;
  exact: number;
  /** Exact, but the last state was said to be one of two. */
  open: number;
  contradicted: number;
}

const rounds = Number(process.argv[2] ?? 20);
const chosen = process.argv.slice(3);
const scenarios = SCENARIOS.filter((name) => chosen.length === 0 || chosen.includes(name));
const all: { name: string; ends: Ends[]; kernel: boolean }[] = [
  { name: 'both ends', ends: ['both'], kernel: true },
  { name: 'one end', ends: ['server', 'client'], kernel: true },
  { name: 'both, calls only', ends: ['both'], kernel: false },
  { name: 'one, calls only', ends: ['server', 'client'], kernel: false },
];
const sets = all.filter(({ name }) => process.env.SETS === undefined || process.env.SETS.split(',').includes(name));

const percent = ({ exact, sockets }: Tally) => `${((100 * exact) / sockets).toFixed(1)} %`;

async function measure(oracle: StateTracepoint): Promise<void> {
  const wrong = new Map<string, number>();
  const table: { scenario: string; cells: Tally[] }[] = [];
  for (const scenario of scenarios) {
    const cells: Tally[] = [];
    for (const { name, ends, kernel } of sets) {
      const tally: Tally = { sockets: 0, exact: 0, open: 0, contradicted: 0 };
      for (let round = 0; round < rounds; round++)
        for (const end of ends) {
          const outcome = await runScenario(scenario as Scenario, end, oracle, { kernel }).catch((error: Error) => error);
          if (outcome instanceof Error) {
            wrong.set(outcome.message, (wrong.get(outcome.message) ?? 0) + 1);
            continue;
          }
          for (const one of outcome.compared) {
            tally.sockets++;
            if (one.exact) tally.exact++;
            if (one.exact && one.open) tally.open++;
            if (one.contradicted) tally.contradicted++;
            if (one.exact) continue;
            const what = `${name}, ${scenario}: ${one.ours.join(' ')}\n    kernel: ${one.kernel?.join(' ') ?? 'none'}`;
            wrong.set(what, (wrong.get(what) ?? 0) + 1);
          }
        }
      cells.push(tally);
    }
    table.push({ scenario, cells });
    const shown = cells.map(
      (cell) =>
        `${cell.exact}/${cell.sockets}${cell.open ? ` (${cell.open} open)` : ''}${cell.contradicted ? ` !${cell.contradicted}` : ''}`,
    );
    console.log([scenario.padEnd(20), ...shown.map((text) => text.padEnd(22))].join(' '));
  }
  const total = sets.map((_, at) =>
    table.reduce(
      (sum, { cells }) => ({
        sockets: sum.sockets + cells[at]!.sockets,
        exact: sum.exact + cells[at]!.exact,
        open: sum.open + cells[at]!.open,
        contradicted: sum.contradicted + cells[at]!.contradicted,
      }),
      { sockets: 0, exact: 0, open: 0, contradicted: 0 },
    ),
  );
  console.log(['all'.padEnd(20), ...total.map((sum) => `${sum.exact}/${sum.sockets} = ${percent(sum)}`.padEnd(22))].join(' '));
  for (const [at, { name }] of sets.entries())
    console.log(`${name}: ${total[at]!.open} left open, ${total[at]!.contradicted} contradicted by the kernel`);
  for (const [what, count] of wrong) console.log(`${count} x ${what}`);
}

async function main(): Promise<void> {
  let oracle: StateTracepoint;
  try {
    oracle = new StateTracepoint();
  } catch {
    console.log('skipped: the kernel lets nobody look at its TCP states here (needs Linux, root and tracefs)');
    return;
  }
  console.log(`${rounds} rounds; columns: ${sets.map(({ name }) => name).join(' | ')}; exact/sockets, ! contradicted`);
  try {
    await measure(oracle);
  } finally {
    oracle.close();
  }
}

void main();
