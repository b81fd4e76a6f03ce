import { Worker } from 'node:worker_threads';
import type { WorkerData } from '../../enforcer/worker/messages.ts';

/** Megabytes of heap for each thousand descriptors, three times what is measured, beside those for the code itself. */
const heapPerThousand = 12;
const heapBase = 128;

/** Starts the thread of a worker, with a heap that its share of the connections fits in. */
export function spawnWorker(data: WorkerData): Worker {
  return new Worker(new URL('./worker-entry.ts', import.meta.url), {
    name: `levee-worker-${data.worker}`,
    workerData: data,
    resourceLimits: {
      maxOldGenerationSizeMb: heapBase + Math.ceil((data.descriptorLimit / 1000) * heapPerThousand),
    },
  });
}
