import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { closeDescriptor, openPingSocket, SystemCallError } from '../../enforcer/sockets/system-calls.ts';
import { echoRequest, type Family, readEchoReply, tokenBytes } from './echo-message.ts';

type Waiting = { readonly token: Uint8Array; readonly answered: () => void };

/** What became of a request. */
export type EchoResult =
  | { readonly type: 'answered'; readonly milliseconds: number }
  | { readonly type: 'silent' }
  | { readonly type: 'failed'; readonly error: Error };

export type EchoOptions = {
  /** Bytes of data, `tokenBytes` at least. */
  readonly size: number;
  /** Milliseconds. */
  readonly timeout: number;
};

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** Echo requests over the unprivileged sockets of the system (Linux: net.ipv4.ping_group_range), one for each family. */
export class EchoSockets {
  readonly #sockets = new Map<Family, Promise<Socket>>();
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;

  /** Rejects where the system gives no socket for it: `isRefused` says whether it never will. */
  async open(family: Family): Promise<Socket> {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const opening = this.#open(family);
    this.#sockets.set(family, opening);
    opening.catch(() => this.#sockets.delete(family));
    return opening;
  }

  /** Resolves when there is a reply, or none in time, or the signal is aborted. Rejects as `open` does. */
  async ask(address: string, options: EchoOptions, signal: AbortSignal): Promise<EchoResult> {
    const family = familyOf(address);
    const socket = await this.open(family);
    return signal.aborted ? { type: 'silent' } : this.#ask(socket, family, address, options, signal);
  }

  async close(): Promise<void> {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const opened of await Promise.allSettled(sockets)) {
      if (opened.status === 'fulfilled') opened.value.close();
    }
  }

  #ask(
    socket: Socket,
    family: Family,
    address: string,
    { size, timeout }: EchoOptions,
    signal: AbortSignal,
  ): Promise<EchoResult> {
    const { promise, resolve } = Promise.withResolvers<EchoResult>();
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    const token = randomBytes(tokenBytes);
    const began = performance.now();
    const end = (result: EchoResult): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', silent);
      if (this.#waiting.get(sequence)?.token === token) this.#waiting.delete(sequence);
      resolve(result);
    };
    const silent = (): void => end({ type: 'silent' });
    const timer = setTimeout(silent, timeout);
    signal.addEventListener('abort', silent);
    const answered = (): void => end({ type: 'answered', milliseconds: performance.now() - began });
    this.#waiting.set(sequence, { token, answered });
    // ICMP has no ports, but Node requires one.
    socket.send(echoRequest(family, sequence, token, size), 1, address, (error) => {
      if (error !== null) end({ type: 'failed', error });
    });
    return promise;
  }

  async #open(family: Family): Promise<Socket> {
    const descriptor = openPingSocket(family);
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    try {
      // Node may emit it from within `bind`.
      const listening = once(socket, 'listening');
      socket.bind({ fd: descriptor });
      await listening;
    } catch (error) {
      closeDescriptor(descriptor);
      throw error;
    }
    socket.on('message', (message) => this.#received(family, message));
    // The network reports an error for one of many requests: that one gets no answer, and times out.
    socket.on('error', () => {});
    return socket;
  }

  #received(family: Family, message: Uint8Array): void {
    const reply = readEchoReply(family, message);
    const waiting = reply && this.#waiting.get(reply.sequence);
    if (waiting !== undefined && Buffer.compare(waiting.token, reply?.token ?? nothing) === 0)
      waiting.answered();
  }
}

const nothing = new Uint8Array(0);

/** EACCES: no group of this process is in net.ipv4.ping_group_range. The others: this system lacks the address family. */
const refusals: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EPROTONOSUPPORT', 'EAFNOSUPPORT']);

/** Whether the system does not let this process have such a socket at all. */
export function isRefused(error: unknown): boolean {
  return error instanceof SystemCallError && refusals.has(error.code);
}
