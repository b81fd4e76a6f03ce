import { parentPort } from 'node:worker_threads';

// A thread that does nothing but answer.
parentPort?.on('message', (message: number) => parentPort?.postMessage(message));
