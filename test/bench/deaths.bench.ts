/** Events lost by each way to die, in so many rounds (ROUNDS, 20) on every Node version (NODES). */
import type net from 'node:net';
import { type Death, deaths, missing, sink, treeDeaths, victim, victimTree } from '../probe/deaths-list';
import { type Outcome, plain, traced, versions } from '../probe/probe-run';
import { nodePath } from '../support/house';

const ROUNDS = Number(process.env.ROUNDS ?? 20);

async function main(): Promise<void> {
  const server = await sink();
  const port = String((server.address() as net.AddressInfo).port);
  const majors = versions('20,22,24,26');
  console.log(`${ROUNDS} rounds; lost events / outcomes unlike untraced (code, signal, stdout)`);
  console.log(['way to die'.padEnd(34), ...majors.map((major) => `Node ${major}`.padStart(10))].join(''));
  const totals = { runs: 0, lost: 0, unlike: 0 };
  const all: (Pick<Death, 'way' | 'flags' | 'started'> & { program: string })[] = [
    ...deaths.map((death) => ({ ...death, program: victim })),
    ...treeDeaths.map((way) => ({ way, program: victimTree })),
  ];
  for (const { way, flags, started, program } of all) {
    const cells: string[] = [];
    for (const major of majors) {
      const node = await nodePath(major);
      if (node === null) {
        cells.push('none');
        continue;
      }
      const outcome = ({ code, signal, stdout }: Outcome) => JSON.stringify([code, signal, stdout]);
      const expected = outcome(await plain(node, program, [way, port], { flags, started }));
      let lost = 0;
      let unlike = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const run = await traced(node, program, [way, port], { flags, started });
        lost += missing(run.streams);
        if (outcome(run) !== expected) unlike++;
      }
      totals.runs += ROUNDS;
      totals.lost += lost;
      totals.unlike += unlike;
      cells.push(`${lost} / ${unlike}`);
    }
    console.log([way.padEnd(34), ...cells.map((cell) => cell.padStart(10))].join(''));
  }
  console.log(`${totals.runs} runs of 103 events: ${totals.lost} events lost, ${totals.unlike} outcomes unlike untraced`);
  server.close();
}

void main();
