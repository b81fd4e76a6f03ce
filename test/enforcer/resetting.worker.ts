/** Accepts connections and resets each at once; `workerData` is a word that then is 1. Its message is the port. */
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const buffer: SharedArrayBuffer = workerData;
const word = new Int32Array(buffer);
const server = createServer((socket) => {
  socket.on('close', () => {
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0);
  });
  socket.resetAndDestroy();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') parentPort?.postMessage(address?.port);
});
