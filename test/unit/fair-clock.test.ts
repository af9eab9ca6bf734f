import assert from 'node:assert/strict';
import { FairClock } from '../../src/exercises/fair-clock';

/** A clock for a program that gets `share` of the time: the rest it waits for a processor. */
function clockWith(share: number): FairClock {
  const began = performance.now();
  const waited = () => Math.round((performance.now() - began) * (1 - share) * 1e6);
  const clock = new FairClock('linux', (path) => (path === '/proc/7777/schedstat' ? `0 ${waited()} 1\n` : '0 0 1\n'));
  clock.follow(7777);
  return clock;
}
const waitOn = (clock: FairClock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

describe('the fair clock', function () {
  this.timeout(10_000);

  it('waits longer for a program that gets half of the time, and was not hurried', async () => {
    const clock = clockWith(0.5);
    const began = performance.now();
    await waitOn(clock, 100);
    assert.ok(performance.now() - began >= 195);
    assert.equal(clock.hurried, false);
  });

  it('gives up on one that gets next to nothing after four times as long, and says so', async () => {
    const clock = clockWith(0.02);
    const began = performance.now();
    await waitOn(clock, 500);
    const took = performance.now() - began;
    assert.ok(took >= 1995 && clock.now() < 500, `${took} ms, ${clock.now()} of its own`);
    assert.equal(clock.hurried, true);
  });

  it('says so too when another process had waited longer before', async () => {
    const began = performance.now();
    // The peer waited for ten seconds before; since then it is the program that waits.
    let peer = 0;
    const program = () => Math.round((performance.now() - began) * 0.98e6);
    const clock = new FairClock('linux', (path) => `0 ${path.includes('/1111/') ? peer : path.includes('/2222/') ? program() : 0} 1\n`);
    clock.follow(1111, 'ours');
    clock.follow(2222);
    peer = 10_000 * 1e6;
    await waitOn(clock, 500);
    assert.equal(clock.hurried, true);
  });

  it('is not hurried by the end of a short wait, on which no verdict hangs', async () => {
    const clock = clockWith(0.02);
    await waitOn(clock, 40);
    assert.equal(clock.hurried, false);
  });

  it('is not hurried when what took the time was our own work', async () => {
    const began = performance.now();
    const clock = new FairClock('linux', () => `${Math.round((performance.now() - began) * 0.98e6)} 0 1\n`);
    await waitOn(clock, 500);
    assert.ok(performance.now() - began >= 1995 && clock.now() < 500);
    assert.equal(clock.hurried, false);
  });

  it('is not hurried by what never comes while there is time', async () => {
    const clock = clockWith(1);
    await waitOn(clock, 60);
    assert.equal(clock.hurried, false);
  });
});
