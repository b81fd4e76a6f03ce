import { setTimeout } from 'node:timers/promises';
import type { Session } from '../cli/session.ts';
import { RemoteSession } from '../control/client.ts';
import { Owner } from '../daemon/owner.ts';
import type { StateDirectory } from '../daemon/state-directory.ts';

/** How long a command waits for another one-off command to let go of the state directory, in milliseconds. */
const patience = 10_000;

export type Attached = { readonly session: Session; close(): void };

/** A session on a state directory: of the process that owns it, or of this one, which then owns it until `close`. */
export async function attach(state: StateDirectory, origin: string): Promise<Attached> {
  const found = await ownOrConnect(state, origin, origin);
  if (found instanceof RemoteSession) return { session: found, close: () => found.close() };
  const session = found.session(origin);
  return {
    session,
    close() {
      session.close();
      found.close();
    },
  };
}

/** Becomes the owner of a state directory, or a client of whoever is. `description` tells others who owns it. */
export async function ownOrConnect(
  state: StateDirectory,
  description: string,
  origin: string,
): Promise<Owner | RemoteSession> {
  const deadline = Date.now() + patience;
  for (;;) {
    const owner = await Owner.open(state, description);
    if (owner instanceof Owner) return owner;
    try {
      return await RemoteSession.connect(state.socket, origin);
    } catch (error) {
      // Whoever holds the lock may be about to serve the socket, or to be done.
      if (!isNobodyThere(error)) throw error;
      if (Date.now() > deadline) throw new Error(`${state.path} is in use by ${owner.description}`);
      await setTimeout(50);
    }
  }
}

function isNobodyThere(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
  );
}
