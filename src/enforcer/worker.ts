/** A worker thread of the data plane. Started by src/daemon/workers.ts with WorkerData. */
import { parentPort, workerData } from 'node:worker_threads';
import { Gate } from '../verdict/gate.ts';
import { WorkerCounters } from './counters.ts';
import { DataPlane } from './data-plane.ts';
import type { FromWorker, ToWorker, WorkerData } from './messages.ts';
import { NodeEngine } from './node-engine.ts';
import { nodePort } from './node-port.ts';
import { useProcessors } from './processors.ts';

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
const port = nodePort<FromWorker, ToWorker>(parentPort);

const data: WorkerData = workerData;
if (data.processors !== null) useProcessors(data.processors);
const gate = new Gate(data.table, data.ledger, data.owner);
const counters = new WorkerCounters(data.counters, data.owner - 1, data.descriptorLimit);
const plane = new DataPlane(new NodeEngine(), gate, counters, data.owner, data.timeouts, port.post);

port.receive((message) => {
  const done = (): void => port.post({ type: 'done', serial: message.serial });
  switch (message.type) {
    case 'snapshot':
      plane.apply(message.snapshot, message.places);
      done();
      break;
    case 'places':
      plane.move(message.places);
      done();
      break;
    case 'sessions':
      port.post({
        type: 'sessions',
        serial: message.serial,
        ...plane.sessions(message.policy, message.limit),
      });
      break;
    case 'listen':
      plane.listen(message.listeners);
      done();
      break;
    case 'stop':
      plane.stop(done);
      break;
  }
});
