import { createConnection, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Endpoint, endpointText } from '../../net/endpoint.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { LogLine } from '../../system/log-access.ts';
import type { FloodTest } from '../../system/system.ts';
import { codeOf } from '../../text/reason.ts';
import type { Workers } from '../workers/workers.ts';

/** Calls the listener for each record of the attack log as it is written, until the returned function is called. */
export type Follow = (listener: (record: LogLine) => void) => () => void;

type Target = {
  readonly workers: Workers;
  readonly follow: Follow;
  readonly policy: PolicySnapshot;
  readonly connections: number;
  readonly signal: AbortSignal;
};

/** The longest that all connections may take to be judged, in milliseconds. */
const patience = 10_000;
/** Workers post what they have to report within 100 ms; twice that leaves room. */
const reportDelay = 200;
/** A block ends what was let in before it. It may take a busy machine so long; what is refused need not have begun one. */
const blockPatience = 2000;

/** Opens connections to one of our own listeners, counts how each is treated, and closes them. */
export async function floodTest({
  workers,
  follow,
  policy,
  connections,
  signal,
}: Target): Promise<Omit<FloodTest, 'members'>> {
  const listener = workers
    .status()
    .listeners.find(({ policy: id, message }) => id === policy.id && message === '');
  if (listener === undefined) throw new Error(`policy "${policy.name}" does not listen anywhere`);
  const endpoint = reachable(listener);
  const records: LogLine[] = [];
  const unfollow = follow((record) => records.push(record));
  const judgedBefore = judged(workers);
  const refusedBefore = refused(workers);
  const lostBefore = workers.lost(policy.id);
  const clients = Array.from({ length: connections }, () => new Client(endpoint));
  try {
    const deadline = performance.now() + patience;
    const undecided = (): boolean => {
      const settled = judged(workers) - judgedBefore >= clients.length;
      return !settled || clients.some(({ state }) => state === 'connecting');
    };
    while (undecided() && clients.some(isOpen) && performance.now() < deadline && !signal.aborted)
      await setTimeout(5);
    await setTimeout(reportDelay);
    const action = policy.rule?.action ?? null;
    const mayBlock = action === 'block-period' && refused(workers) !== refusedBefore;
    const blocked = performance.now() + (mayBlock ? blockPatience : 0);
    while (clients.some(isOpen) && performance.now() < blocked && !signal.aborted) await setTimeout(5);
    const count = (state: Client['state']): number =>
      clients.filter((client) => client.state === state).length;
    const ports = new Set(clients.map(({ port }) => port));
    const reset = count('reset');
    const withoutMember = (workers.lost(policy.id) - lostBefore) >>> 0;
    // A block resets what was let in, so that there resets are no sign of members that fail.
    const unexplained = action === 'block-period' ? 0 : reset - (refused(workers) - refusedBefore);
    const lost = Math.min(reset, Math.max(withoutMember, unexplained));
    return {
      target: endpointText(endpoint),
      admitted: count('connected'),
      reset: reset - lost,
      lost,
      action,
      missingLink: policy.missingLink,
      failed: count('failed') + count('connecting'),
      log: records.filter(({ fields }) => ports.has(Number(fields['src_port']))),
    };
  } finally {
    unfollow();
    for (const client of clients) client.close();
  }
}

function judged(workers: Workers): number {
  const admitted = workers.status().counts.reduce((sum, counts) => sum + counts.admitted, 0);
  return admitted + refused(workers);
}

function refused(workers: Workers): number {
  return workers.status().counts.reduce((sum, counts) => sum + counts.refused, 0);
}

/** A listener on every address is reached by the loopback of its family. */
function reachable({ address, port }: Endpoint): Endpoint {
  if (address === '0.0.0.0') return { address: '127.0.0.1', port };
  return { address: address === '::' ? '::1' : address, port };
}

function isOpen({ state }: Client): boolean {
  return state === 'connecting' || state === 'connected';
}

class Client {
  state: 'connecting' | 'connected' | 'reset' | 'failed' = 'connecting';
  port = 0;
  readonly #socket: Socket;

  constructor({ address, port }: Endpoint) {
    this.#socket = createConnection({ host: address, port });
    // Right after connect(2): a reset may arrive before `connect` is emitted, and then the port is lost.
    this.#socket.on('connectionAttempt', () => {
      process.nextTick(() => {
        this.port = this.#socket.localPort ?? 0;
      });
    });
    this.#socket.on('connect', () => {
      this.state = 'connected';
    });
    this.#socket.on('error', (error) => {
      const wasReset = codeOf(error) === 'ECONNRESET';
      this.state = wasReset || this.state === 'connected' ? 'reset' : 'failed';
    });
    this.#socket.on('end', () => {
      this.state = 'failed';
    });
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }
}
