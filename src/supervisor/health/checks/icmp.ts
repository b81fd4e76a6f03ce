import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { closeDescriptor, openPingSocket, SystemCallError } from '../../../enforcer/sockets/system-calls.ts';
import type { HealthCheck } from '../../../policy/snapshot.ts';
import { messageOf } from '../../../text/reason.ts';
import { type CheckResult, failedWith, noAnswer, passed } from '../check-result.ts';
import type { Checker, HealthTarget } from '../checker.ts';
import { echoRequest, readEchoReply, tokenBytes } from '../echo.ts';

type Family = 4 | 6;
type Waiting = { readonly token: Uint8Array; readonly answered: () => void };

export default function icmpChecker(): Checker {
  return new Pinger();
}

/** Echo requests over the unprivileged sockets of the system (Linux: net.ipv4.ping_group_range), one for each family. */
class Pinger implements Checker {
  readonly #sockets = new Map<Family, Promise<Socket>>();
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;

  async check({ address }: HealthTarget, check: HealthCheck, signal: AbortSignal): Promise<CheckResult> {
    const timeout = check.timeout * 1000;
    const family = address.includes(':') ? 6 : 4;
    let socket: Socket;
    try {
      socket = await this.#socket(family);
    } catch (error) {
      return whyNoSocket(error);
    }
    if (signal.aborted) return noAnswer(timeout);
    return this.#ask(socket, family, address, timeout, signal);
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
    timeout: number,
    signal: AbortSignal,
  ): Promise<CheckResult> {
    const { promise, resolve } = Promise.withResolvers<CheckResult>();
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    const token = randomBytes(tokenBytes);
    const end = (result: CheckResult): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      if (this.#waiting.get(sequence)?.token === token) this.#waiting.delete(sequence);
      resolve(result);
    };
    const aborted = (): void => end(noAnswer(timeout));
    const timer = setTimeout(aborted, timeout);
    signal.addEventListener('abort', aborted);
    this.#waiting.set(sequence, { token, answered: () => end(passed) });
    // ICMP has no ports, but Node requires one.
    socket.send(echoRequest(family, sequence, token), 1, address, (error) => {
      if (error !== null) end(failedWith(error));
    });
    return promise;
  }

  async #socket(family: Family): Promise<Socket> {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const opening = this.#open(family);
    this.#sockets.set(family, opening);
    opening.catch(() => this.#sockets.delete(family));
    return opening;
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

function whyNoSocket(error: unknown): CheckResult {
  const isRefused = error instanceof SystemCallError && refusals.has(error.code);
  return {
    type: isRefused ? 'refused' : 'not-made',
    reason: messageOf(error),
  };
}
