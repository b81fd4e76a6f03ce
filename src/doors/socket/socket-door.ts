import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { OpenSession } from '../../cli/session/open-session.ts';
import type { Door } from '../door.ts';
import { ServedClient } from './served-client.ts';

/**
 * Serves sessions on a socket that only its owner can open. A stale socket is removed: the caller holds the lock.
 *
 * @param peerOf who is at the other end of a socket that is open
 */
export async function openSocketDoor(
  file: string,
  openSession: OpenSession,
  peerOf: (socket: Socket) => string,
): Promise<Door> {
  rmSync(file, { force: true });
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    new ServedClient(socket, openSession, peerOf);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const mask = process.umask(0o177);
  server.listen(file, resolve);
  process.umask(mask);
  await promise;
  // Without a free descriptor it can't accept: the system refuses that client, and the door stays open for the next.
  server.off('error', reject).on('error', () => undefined);
  return {
    close() {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}
