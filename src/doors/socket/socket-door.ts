import type { Socket } from 'node:net';
import type { OpenSession } from '../../cli/session/open-session.ts';
import type { Event } from '../../events/events.ts';
import { Shares } from '../../system/shares.ts';
import type { Door } from '../door.ts';
import { KeptServer } from './kept-server.ts';
import { doorLimits } from './limits.ts';
import { Replies } from './replies.ts';
import { ServedClient } from './served-client.ts';

/**
 * Serves sessions on a socket that only its owner can open. A stale socket is removed: the caller holds the lock.
 *
 * @param peerOf who is at the other end of a socket that is open
 * @param report hears that the socket was removed
 */
export async function openSocketDoor(
  file: string,
  openSession: OpenSession,
  peerOf: (socket: Socket) => string,
  report: (event: Event) => void,
  limits = doorLimits,
): Promise<Door> {
  const clients = new Map<Socket, ServedClient>();
  const shares = { received: new Shares(limits.received), replies: new Replies(limits.replies) };
  const accept = (socket: Socket): void => {
    const strangers = [...clients.values()].filter(({ isStranger }) => isStranger);
    if (strangers.length >= limits.strangers) {
      crowdOf(strangers)[0]?.fail(new RangeError(`more than ${limits.strangers} clients have not logged in`));
    }
    clients.set(socket, new ServedClient(socket, openSession, peerOf, shares));
    socket.on('close', () => clients.delete(socket));
  };
  const server = await KeptServer.open(file, accept, report);
  return {
    close() {
      server.close();
      for (const client of clients.keys()) client.destroy();
    },
  };
}

/** The clients of the peer who has most of them: nobody can crowd others out. */
function crowdOf(clients: readonly ServedClient[]): readonly ServedClient[] {
  const peers = Map.groupBy(clients, ({ peer }) => peer);
  return [...peers.values()].reduce((crowd, other) => (other.length > crowd.length ? other : crowd), []);
}
