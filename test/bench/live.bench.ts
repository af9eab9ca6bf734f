/**
 * A run that streams in at 50,000 events a second, in headless Chromium without a GPU: the share of one processor that the page's thread takes, its longest
 * task, how far reading and picture are behind, and for how many updates one picture stands. The bytes come in batches of at most 64 KiB, as the extension
 * host sends them, every 16 ms. `RATE=50000 SECONDS=8 ROUNDS=3 node dist/test/bench/live.bench.js`.
 */
import { harnessSite } from '../support/harness-page';
import { makeTraceBuilder } from '../support/make-trace';
import { recordTasks } from './timeline/main-thread';

const RATE = Number(process.env.RATE ?? 50_000);
const SECONDS = Number(process.env.SECONDS ?? 8);
const ROUNDS = Number(process.env.ROUNDS ?? 3);

interface Round {
  share: number;
  longest: number;
  longestCpu: number;
  behindMs: number;
  pictureEvents: number;
  updates: number;
  late: number;
}

const spread = (values: number[], digits = 0) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!].map((value) => value.toFixed(digits)).join(' / ');
};

async function main(): Promise<void> {
  const site = await harnessSite();
  if ('missing' in site) {
    console.log(`skipped: ${site.missing}`);
    return;
  }
  try {
    const builder = makeTraceBuilder({ events: RATE * SECONDS * 1.15, connections: (RATE * SECONDS) / 500, payload: 16 });
    const { size } = builder.store;
    const trace = builder.encoder.take();
    site.serve('/live', trace);
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const { page, errors } = await site.page(1200, 760);
      const cdp = await page.context().newCDPSession(page);
      let seen = { behindMs: 0, pictureEvents: 0, updates: 1, late: 0, took: 0 };
      const { tasks } = await recordTasks(cdp, async () => {
        seen = await page.evaluate(
          async ({ size, rate }) => {
            const bytes = new Uint8Array(await (await fetch('/live')).arrayBuffer());
            const { harness } = window as unknown as {
              harness: { sent: { type: string; bytes?: number }[]; send(message: unknown): void };
            };
            const count = document.querySelector('[data-name="count"]')!;
            const sends: { to: number; at: number }[] = [];
            const result = { behindMs: 0, pictureEvents: 0, updates: 1, late: 0, took: 0 };
            let looked = 0;
            let acked = 0;
            const look = (now: number, at: number) => {
              for (; looked < harness.sent.length; looked++) {
                const message = harness.sent[looked]!;
                if (message.type === 'ack') acked = Math.max(acked, message.bytes!);
              }
              while (sends[0] && sends[0].to <= acked) sends.shift();
              if (sends[0]) result.behindMs = Math.max(result.behindMs, now - sends[0].at);
              const text = count.textContent ?? '';
              const shown = Number(/of ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
              result.pictureEvents = Math.max(result.pictureEvents, (at / bytes.length) * size - shown);
              result.updates = Math.max(result.updates, Number(/showing 1 of (\d+)/.exec(text)?.[1] ?? 1));
            };
            performance.mark('bench-frame');
            const began = performance.now();
            const speed = (bytes.length / size) * (rate / 1000);
            for (let at = 0; at < bytes.length; ) {
              await new Promise((resolve) => setTimeout(resolve, 16));
              const now = performance.now();
              look(now, at);
              const due = Math.min(bytes.length, Math.floor((now - began) * speed));
              while (at < due) {
                const part = bytes.slice(at, Math.min(at + 65_536, due)).buffer;
                harness.send(
                  at === 0
                    ? { type: 'open', title: 'live', live: true, bytes: part, state: null, canRun: true }
                    : { type: 'append', bytes: part },
                );
                at += part.byteLength;
                sends.push({ to: at, at: now });
              }
            }
            result.late = performance.now() - began - size / (rate / 1000);
            while (acked < bytes.length) {
              await new Promise((resolve) => setTimeout(resolve, 4));
              look(performance.now(), bytes.length);
            }
            result.took = performance.now() - began;
            performance.mark('bench-frame');
            return result;
          },
          { size, rate: RATE },
        );
      });
      if (errors.length > 0) throw new Error(errors.join('\n'));
      await page.close();
      const longest = tasks.reduce((most, task) => (task.to - task.from > most.to - most.from ? task : most));
      rounds.push({
        share: (tasks.reduce((sum, { cpu }) => sum + cpu, 0) / seen.took) * 100,
        longest: longest.to - longest.from,
        longestCpu: Math.max(...tasks.map(({ cpu }) => cpu)),
        ...seen,
      });
    }
    const column = (pick: (round: Round) => number) => spread(rounds.map(pick));
    console.log(
      `${size.toLocaleString('en')} events at ${RATE.toLocaleString('en')} a second, ${(trace.length / 1e6).toFixed(1)} MB; min / median / max of ${ROUNDS} rounds`,
    );
    console.log(`  share of one processor, %             ${column(({ share }) => share)}`);
    console.log(`  longest task, ms                      ${column(({ longest }) => longest)}`);
    console.log(`  longest task, ms of processor         ${column(({ longestCpu }) => longestCpu)}`);
    console.log(`  bytes wait to be read at most, ms     ${column(({ behindMs }) => behindMs)}`);
    console.log(`  events that the picture lacks at most ${column(({ pictureEvents }) => pictureEvents)}`);
    console.log(`  "showing 1 of n updates", n at most   ${column(({ updates }) => updates)}`);
    console.log(`  sent later than planned, ms           ${column(({ late }) => late)}`);
  } finally {
    await site.close();
  }
}

void main();
