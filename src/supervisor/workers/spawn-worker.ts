import { Worker } from 'node:worker_threads';
import type { WorkerData } from '../../enforcer/worker/messages.ts';

/** Megabytes of heap for each thousand descriptors, three times what is measured, beside those for the code itself. */
const heapPerThousand = 12;
const heapBase = 128;
/**
 * Megabytes for what is new, of which V8 fills a third before it collects. With half of that a relayed connection costs a
 * hundredth more, for what each collection takes however little is left; with twice as much it costs no less.
 */
const youngHeap = 12;

/** Starts the thread of a worker, with a heap that its share of the connections fits in. */
export function spawnWorker(data: WorkerData): Worker {
  return new Worker(new URL('./worker-entry.ts', import.meta.url), {
    name: `levee-worker-${data.worker}`,
    workerData: data,
    resourceLimits: {
      maxOldGenerationSizeMb: heapBase + Math.ceil((data.descriptorLimit / 1000) * heapPerThousand),
      maxYoungGenerationSizeMb: youngHeap,
    },
  });
}
