import { openConnection } from './client.ts';
import type { EventLoop } from './event-loop.ts';
import type { Beside, BesideOrder } from './orders.ts';
import { loopback, sourceOf } from './system-calls.ts';

/** The second part of the addresses of those who have connections already, and of good ones. */
export const holders = 10;
const newcomers = 20;
/** So many, that each has long ended its connection when it is its turn again. */
const goodSources = 16_384;

/** Carries out an order. */
export function attemptBeside(loop: EventLoop, order: BesideOrder): Beside {
  const { port, attackers, outstanding, seconds } = order;
  const address = loopback(port);
  const latency: number[] = [];
  let attempts = 0;
  let trying = 0;
  let refused = 0;
  let begun = 0;
  let open = 0;
  let failed = 0;
  const unanswered = new Set<{ giveUp: () => void }>();
  const attempt = (): void => {
    trying += 1;
    attempts += 1;
    const from = sourceOf(holders, attempts % attackers.sources);
    const begun = { giveUp: () => {} };
    unanswered.add(begun);
    const over = (): void => {
      unanswered.delete(begun);
      trying -= 1;
      refused += 1;
    };
    begun.giveUp = openConnection(loop, address, 'be-refused', over, from);
  };
  const visit = (): void => {
    open += 1;
    begun += 1;
    const began = performance.now();
    openConnection(
      loop,
      address,
      'exchange',
      (ending) => {
        open -= 1;
        if (ending === 'echoed') latency.push(performance.now() - began);
        else failed += 1;
      },
      sourceOf(newcomers, begun % goodSources),
    );
  };
  const started = performance.now();
  const end = started + seconds * 1000;
  let counted = { good: 0, refused: 0 };
  for (let now = started; now < end; now = performance.now()) {
    // A refusal may come before the call is over.
    for (let count = 0; trying < attackers.outstanding && count < attackers.outstanding; count++) attempt();
    while (open < outstanding) visit();
    loop.turn(1);
    counted = { good: latency.length, refused };
  }
  const took = (performance.now() - started) / 1000;
  const last = performance.now() + 1000;
  while (open > 0 && performance.now() < last) loop.turn(5);
  for (const { giveUp } of unanswered) giveUp();
  return { seconds: took, ...counted, failed: failed + open, latency: Float64Array.from(latency) };
}
