import { rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { socketLost, socketMadeAgain } from '../../events/doors.ts';
import type { Event } from '../../events/events.ts';
import { reasonOf } from '../../text/reason.ts';
import { Pulse } from '../../time/pulse.ts';

/** Milliseconds between two looks at whether the socket is still there. */
const interval = 1000;

/**
 * Listens on a socket file that only its owner can open, and makes it again where somebody has removed it: otherwise
 * nobody could reach this process any more, nor run another one beside it. Connections stay whatever becomes of the file.
 */
export class KeptServer {
  readonly #file: string;
  readonly #accept: (socket: Socket) => void;
  readonly #report: (event: Event) => void;
  readonly #pulse: Pulse;
  #server: Server;
  #inode: bigint | undefined;
  #isLooking = false;
  #isLost = false;
  #isClosed = false;

  /** A file that is there is removed: the caller holds the lock. */
  static async open(
    file: string,
    accept: (socket: Socket) => void,
    report: (event: Event) => void,
  ): Promise<KeptServer> {
    return new KeptServer(file, accept, report, await listen(file, accept));
  }

  private constructor(
    file: string,
    accept: (socket: Socket) => void,
    report: (event: Event) => void,
    server: Server,
  ) {
    this.#file = file;
    this.#accept = accept;
    this.#report = report;
    this.#server = server;
    this.#inode = inodeOf(file);
    this.#pulse = new Pulse(interval, () => void this.#look());
  }

  /** Takes nobody in any more; the file is gone. */
  close(): void {
    this.#isClosed = true;
    this.#pulse.stop();
    this.#server.close();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      if (inodeOf(this.#file) !== this.#inode) await this.#makeAgain();
    } catch (error) {
      if (!this.#isLost) this.#report(socketLost({ file: this.#file, reason: reasonOf(error) }));
      this.#isLost = true;
    }
    this.#isLooking = false;
  }

  async #makeAgain(): Promise<void> {
    // Its end would remove a file that was made before it.
    this.#server.close();
    this.#server = await listen(this.#file, this.#accept);
    if (this.#isClosed) {
      this.#server.close();
      return;
    }
    this.#inode = inodeOf(this.#file);
    this.#isLost = false;
    this.#report(socketMadeAgain({ file: this.#file }));
  }
}

async function listen(file: string, accept: (socket: Socket) => void): Promise<Server> {
  rmSync(file, { force: true });
  const server = createServer(accept);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const mask = process.umask(0o177);
  server.listen(file, resolve);
  process.umask(mask);
  await promise;
  // Without a free descriptor it can't accept: the system refuses that client, and the door stays open for the next.
  server.off('error', reject).on('error', () => undefined);
  return server;
}

/** Undefined: there is no socket. */
function inodeOf(file: string): bigint | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isSocket() === true ? found.ino : undefined;
}
