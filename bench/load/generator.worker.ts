import { parentPort, workerData } from 'node:worker_threads';
import { attemptBeside, holders } from './beside.ts';
import { moveBulk } from './bulk.ts';
import { type Ending, openConnection } from './client.ts';
import { EchoBackend } from './echo-backend.ts';
import { EventLoop } from './event-loop.ts';
import type {
  Beside,
  Conversed,
  ConverseOrder,
  Flooded,
  FloodOrder,
  GeneratorData,
  Held,
  HoldOrder,
  Moved,
  Order,
  Paced,
  PacedOrder,
} from './orders.ts';
import { close, loopback, MSG_NOSIGNAL, receive, runFirst, send, sourceOf, stayOn } from './system-calls.ts';

// Client and backend on one loop. It turns only while an order is carried out.
const data: GeneratorData = workerData;
const signal = new Int32Array(data.signal);
if (data.processor !== null) stayOn(data.processor);
if (data.first) runFirst();
const loop = new EventLoop();
const backend = new EchoBackend(loop, data.backendPort);
const heldDescriptors: number[] = [];

/** How long stragglers are waited for, in milliseconds. */
const GRACE = 1000;
const patience = 5;

function turnUntil(isDone: () => boolean, milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (!isDone() && performance.now() < end) loop.turn(patience);
}

/** A connection of a flood that has not ended. */
type Begun = { giveUp: () => void };

function flood({ port, outstanding, seconds, purpose }: FloodOrder): Flooded {
  const address = loopback(port);
  const endings: Record<Ending, number> = { echoed: 0, refused: 0, reset: 0, ended: 0 };
  const open = new Set<Begun>();
  const begin = (): void => {
    const begun: Begun = { giveUp: () => {} };
    open.add(begun);
    begun.giveUp = openConnection(loop, address, purpose, (ending) => {
      endings[ending] += 1;
      open.delete(begun);
    });
  };
  const started = performance.now();
  const end = started + seconds * 1000;
  let now = started;
  while (now < end) {
    // A refusal may come before the call is over, so a turn may start more than fit at once.
    for (let begun = 0; open.size < outstanding && begun < outstanding; begun++) begin();
    loop.turn(open.size < outstanding ? 0 : patience);
    now = performance.now();
  }
  const counted = { ...endings };
  turnUntil(() => open.size === 0, GRACE);
  for (const { giveUp } of open) giveUp();
  return { seconds: (now - started) / 1000, endings: counted, unanswered: open.size };
}

function paced({ ports, rate }: PacedOrder): Paced {
  const addresses = ports.map(loopback);
  const due: number[] = [];
  const port: number[] = [];
  const latency: number[] = [];
  const gap = 1000 / rate;
  let open = 0;
  let failed = 0;
  let next = performance.now();
  for (let number = 0; Atomics.load(signal, 0) === 0; ) {
    const now = performance.now();
    if (now < next) {
      loop.turn(Math.min(next - now, patience));
      continue;
    }
    const intended = next;
    const target = number % ports.length;
    const address = addresses[target];
    if (address === undefined) break;
    open += 1;
    openConnection(loop, address, 'exchange', (ending) => {
      open -= 1;
      if (ending !== 'echoed') failed += 1;
      due.push(performance.timeOrigin + intended);
      port.push(ports[target] ?? 0);
      latency.push(performance.now() - intended);
    });
    number += 1;
    next += gap;
    loop.turn(0);
  }
  turnUntil(() => open === 0, GRACE);
  return {
    due: Float64Array.from(due),
    port: Float64Array.from(port),
    latency: Float64Array.from(latency),
    failed: failed + open,
  };
}

function hold({ port, count, sources }: HoldOrder): Held {
  const address = loopback(port);
  const before = heldDescriptors.length;
  let settled = 0;
  let open = 0;
  backend.closesFirst = false;
  const end = performance.now() + 20 * GRACE;
  for (let begun = 0; settled < count && performance.now() < end; ) {
    for (; begun < count && open < 64; begun++) {
      open += 1;
      const over = (ending: Ending, descriptor: number): void => {
        open -= 1;
        settled += 1;
        if (ending === 'echoed') heldDescriptors.push(descriptor);
      };
      const from = sources === undefined ? null : sourceOf(holders, begun % sources);
      openConnection(loop, address, 'hold', over, from);
    }
    loop.turn(patience);
  }
  backend.closesFirst = true;
  const held = heldDescriptors.length - before;
  return { held, failed: count - held };
}

function converse({ connections, seconds }: ConverseOrder): Conversed {
  const byte = new Uint8Array(1);
  let roundTrips = 0;
  let isOver = false;
  backend.closesFirst = false;
  const busy = heldDescriptors.slice(0, connections);
  for (const descriptor of busy) {
    loop.handle(descriptor, () => {
      if (receive(descriptor, byte, 1, 0) <= 0) return;
      roundTrips += 1;
      if (!isOver) send(descriptor, byte, 1, MSG_NOSIGNAL);
    });
    send(descriptor, byte, 1, MSG_NOSIGNAL);
  }
  const began = performance.now();
  turnUntil(() => false, seconds * 1000);
  const counted = { seconds: (performance.now() - began) / 1000, roundTrips };
  // The last ones come back.
  isOver = true;
  turnUntil(() => roundTrips === counted.roundTrips + busy.length, GRACE);
  for (const descriptor of busy) loop.forget(descriptor);
  backend.closesFirst = true;
  return counted;
}

function release(): null {
  for (const descriptor of heldDescriptors.splice(0)) close(descriptor);
  turnUntil(() => backend.open === 0, 5 * GRACE);
  return null;
}

function perform(order: Order): Flooded | Paced | Held | Beside | Moved | Conversed | null {
  switch (order.type) {
    case 'flood':
      return flood(order);
    case 'paced':
      return paced(order);
    case 'hold':
      return hold(order);
    case 'beside':
      return attemptBeside(loop, order);
    case 'bulk':
      return moveBulk(loop, backend, order, 60 * GRACE);
    case 'converse':
      return converse(order);
    case 'release':
      return release();
  }
}

parentPort?.on('message', (order: Order) => parentPort?.postMessage(perform(order)));
