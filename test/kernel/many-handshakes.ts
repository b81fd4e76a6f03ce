/** Opens connections one after another, as its words say: an address, a port, how many. Prints how many had an echo. */
import { createConnection } from 'node:net';

const [, , host = '', port = '', count = ''] = process.argv;
let echoed = 0;
for (let index = 0; index < Number(count); index++) {
  const socket = createConnection({ host, port: Number(port) });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('error', () => resolve(false));
  socket.setTimeout(5000, () => resolve(false));
  socket.on('data', () => resolve(true));
  if (await promise) echoed += 1;
  socket.destroy();
}
process.stdout.write(String(echoed));
