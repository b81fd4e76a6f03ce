import { parentPort, workerData } from 'node:worker_threads';
import type { SocketProbe } from '../../src/verdict/judge/departures.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import type { Limit } from '../../src/verdict/judge/limit.ts';
import { ADMIT, isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { keysEpoch } from '../../src/verdict/upkeep/keys.ts';
import { words } from './addresses.ts';
import { randomFrom } from './random.ts';
import type { WorkerOrder, WorkerReport } from './worker-messages.ts';

// Admits and releases at random until it is stopped, killed, or ends itself.
const order: WorkerOrder = workerData;
/** Nobody finds out about an end but by being told. */
const nobodyKnows: SocketProbe = { probe: (_, over, count) => over.fill(0, 0, count) };
const gate = new Gate(order.table, order.ledgers, order.owner, nobodyKnows);
const addresses = order.addresses.map(words);
const random = randomFrom(order.seed);
const shared = new Int32Array(order.shared);
const held: number[] = [];
const ballast: number[][] = [];
const report = {
  admitted: 0,
  refused: 0,
  mostHeld: 0,
  starts: 0,
  violations: 0,
  wouldRefuses: 0,
  startsThatWouldRefuse: 0,
};

function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

let limit: Limit = order.limits[0];
let epoch = -1;

/** As a worker that has been told of the next change of keys, and so may judge before and after it. */
function prepareForChange(): void {
  const now = keysEpoch(order.table);
  if (now === epoch) return;
  const [former, next] = [now, now + 1].map((turn) => order.limits[turn % order.limits.length]);
  if (former === undefined || next === undefined) throw new Error('no limits');
  const { policy, prefixV4, prefixV6 } = former;
  limit = { ...next, former: { policy, prefixV4, prefixV6, until: now + 1 } };
  epoch = now;
  Atomics.store(shared, 1 + order.owner, epoch);
}

/** No two connections have the same. */
let nextSocket = order.owner * 10_000_000;

function anAddress(): Uint32Array {
  const address = addresses[random(addresses.length)];
  if (address === undefined) throw new Error('no addresses');
  return address;
}

function admitOne(): void {
  if (order.isSequential && !takePlace()) return;
  const verdict = gate.admit(limit, anAddress(), now(), nextSocket++);
  if (isAdmitted(verdict)) {
    const all = order.isSequential ? Atomics.load(shared, 1) : Atomics.add(shared, 1, 1) + 1;
    report.mostHeld = Math.max(report.mostHeld, all);
    report.admitted++;
    held.push(gate.judgement.connection);
  } else report.refused++;
  if (verdict !== ADMIT) report.violations++;
  if (gate.judgement.wouldRefuse) report.wouldRefuses++;
  if (gate.judgement.firstViolation) report.starts++;
  if (gate.judgement.firstViolation && gate.judgement.wouldRefuse) report.startsThatWouldRefuse++;
}

/** As a client does that opens a connection when it has seen the end of another. */
function takePlace(): boolean {
  for (;;) {
    const taken = Atomics.load(shared, 1);
    if (taken >= limit.threshold) return false;
    if (Atomics.compareExchange(shared, 1, taken, taken + 1) === taken) return true;
  }
}

function releaseOne(): void {
  const at = random(held.length);
  const connection = held[at];
  const last = held.pop();
  if (connection === undefined || last === undefined) throw new Error('nothing held');
  if (at < held.length) held[at] = last;
  gate.closing(connection);
  Atomics.sub(shared, 1, 1);
  // The client knows, and the call that told it has not returned.
  if (order.isSequential) Atomics.wait(shared, 0, 0, 0.02);
  gate.over(connection);
  gate.release(connection);
}

/** Connections of proxies: held, identified, silent, heard again. */
function handleOne(isFull: boolean): void {
  const at = random(held.length);
  const connection = held[at];
  if (connection === undefined || (!isFull && random(3) === 0)) {
    if (!isFull && isAdmitted(gate.hold(limit, anAddress(), now()))) held.push(gate.judgement.connection);
  } else if (random(2) === 0) {
    if (random(2) === 0) gate.fellSilent(connection);
    else gate.spoke(connection);
  } else if (!isAdmitted(gate.identify(connection, limit, anAddress(), now()))) {
    const last = held.pop();
    if (last !== undefined && at < held.length) held[at] = last;
  }
}

function step(number: number): void {
  if (order.limits.length > 1) prepareForChange();
  const isFull = held.length >= order.holds;
  if (order.proxies && random(2) === 0) handleOne(isFull);
  else if (isFull || (held.length > 0 && random(2) === 0)) releaseOne();
  else admitOne();
  if (order.pauseEvery > 0 && number % order.pauseEvery === 0) Atomics.wait(shared, 0, 0, 2);
  if (order.ending === 'throw' && number > 2000 && random(500) === 0) throw new Error('on purpose');
  if (order.ending === 'exhaust-heap') ballast.push(new Array(64).fill(number));
}

parentPort?.postMessage('started');
for (let number = 1; Atomics.load(shared, 0) === 0; number++) {
  step(number);
  if (number === order.steps) break;
}
parentPort?.postMessage(report satisfies WorkerReport);
// Keeps what it holds until it is terminated.
parentPort?.on('message', () => undefined);
