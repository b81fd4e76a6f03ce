/** The entry of a worker thread of the data plane: spawn-worker.ts starts it, and `workerData` is a WorkerData. */
import { parentPort, workerData } from 'node:worker_threads';
import { OwnConnections } from '../../enforcer/engine/own-connections.ts';
import { portOver } from '../../enforcer/engine/port.ts';
import { useProcessors } from '../../enforcer/engine/processors.ts';
import { WorkerCounters } from '../../enforcer/worker/counters.ts';
import { DataPlane } from '../../enforcer/worker/data-plane.ts';
import type { FromWorker, ToWorker, WorkerData } from '../../enforcer/worker/messages.ts';
import { Gate } from '../../verdict/judge/gate.ts';
import { engineNamed } from './engines.ts';
import { OwnLoading } from './loading.ts';
import { ScriptingLoader } from './scripting-loader.ts';

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
const port = portOver<FromWorker, ToWorker>(parentPort);

const data: WorkerData = workerData;
if (data.processors !== null) useProcessors(data.processors);
const engine = await engineNamed(data.engine).start(
  new OwnConnections(data.ownConnections, data.worker),
  data.ownDescriptors,
);
const gate = new Gate(data.table, data.ledgers, data.worker, engine);
const counters = new WorkerCounters(data.counters, data.worker - 1, data.descriptorLimit);
const plane = new DataPlane({
  engine,
  gate,
  counters,
  worker: data.worker,
  timeouts: data.timeouts,
  post: port.post,
});
const loading = new OwnLoading(data.loading);
const scripting = new ScriptingLoader(loading, (source) => {
  plane.hooks.source = source;
});

function obey(message: ToWorker): void {
  const done = (): void => port.post({ type: 'done', serial: message.serial });
  switch (message.type) {
    case 'snapshot':
      plane.apply(message, done);
      break;
    case 'member-rows':
      plane.changeRows(message.rows);
      done();
      break;
    case 'list-connections':
      port.post({
        type: 'connections',
        serial: message.serial,
        ...plane.listConnections(message.policy, message.limit),
      });
      break;
    case 'listen':
      plane.listen(message.listeners);
      done();
      break;
    case 'end-guard':
      plane.endGuard();
      done();
      break;
    case 'stop-listening':
      plane.stopListening(message.accepts, done);
      break;
    case 'collect-garbage':
      void collectGarbage().then(done);
      break;
    case 'stop':
      plane.stop(done);
      break;
  }
}

/** Loads what that takes: few workers ever have to. */
async function collectGarbage(): Promise<void> {
  const garbage = await import('../../enforcer/engine/garbage.ts');
  garbage.collect();
}

port.receive((message) => {
  const needsScripts = message.type === 'snapshot' && message.memories.size > 0;
  scripting.inTurn(needsScripts, () => obey(message));
});
engine.whenNodeWaits(port.receiveWaiting);
loading.end();
