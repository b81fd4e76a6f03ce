import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { OpenSession } from '../../cli/session/open-session.ts';
import { Shares } from '../../system/shares.ts';
import type { Door } from '../door.ts';
import { doorLimits } from './limits.ts';
import { Replies } from './replies.ts';
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
  limits = doorLimits,
): Promise<Door> {
  rmSync(file, { force: true });
  const clients = new Map<Socket, ServedClient>();
  const shares = { received: new Shares(limits.received), replies: new Replies(limits.unread) };
  const server = createServer((socket) => {
    const strangers = [...clients.values()].filter(({ isStranger }) => isStranger);
    if (strangers.length >= limits.strangers) {
      strangers[0]?.fail(new RangeError(`more than ${limits.strangers} clients have not logged in`));
    }
    clients.set(socket, new ServedClient(socket, openSession, peerOf, shares));
    socket.on('close', () => clients.delete(socket));
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
      for (const client of clients.keys()) client.destroy();
    },
  };
}
