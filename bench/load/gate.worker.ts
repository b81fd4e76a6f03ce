import { parentPort, workerData } from 'node:worker_threads';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { type GateOrder, limit } from './gate-orders.ts';

// Admits and releases `rounds` times, and posts how many milliseconds that took.
const order: GateOrder = workerData;
const gate = new Gate(order.table, order.ledgers, order.owner);
const signal = new Int32Array(order.signal);
const address = Uint32Array.of(0, 0, 0xffff, 0);

function pass(rounds: number): void {
  let source = order.owner * 7919;
  for (let round = 0; round < rounds; round++) {
    source = (source + 1) % order.sources;
    address[3] = 0x0a000000 + source;
    if (isAdmitted(gate.admit(limit, address, round))) gate.release(gate.judgement.connection);
  }
}

pass(Math.min(order.rounds, 200_000));
Atomics.add(signal, 0, 1);
Atomics.notify(signal, 0);
Atomics.wait(signal, 1, 0);
const started = performance.now();
pass(order.rounds);
parentPort?.postMessage(performance.now() - started);
