import type { Server } from 'node:net';
import type { DoorSettings } from './door.ts';

/** Resolves when the server of a door listens where that is. Rejects where it can't. */
export function listening(
  server: Server,
  { address, port }: Pick<DoorSettings, 'address' | 'port'>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: address, port, ipv6Only: address.includes(':') }, () => {
    server.off('error', reject);
    // Descriptors may run out: then somebody has to come again.
    server.on('error', () => undefined);
    resolve();
  });
  return promise;
}
