import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Echo, Ping, PingOptions } from '../../system/ping.ts';
import { codeOf } from '../../text/reason.ts';
import { networkReason } from '../health/check-result.ts';
import { type Lookup, systemLookup } from '../members/resolver.ts';
import { Limiter } from '../tasks/limiter.ts';
import { type EchoResult, EchoSockets, familyOf, isRefused } from './echo-sockets.ts';
import { askWithProgram } from './ping-program.ts';

/** Milliseconds between two requests. */
const interval = 1000;
/** Milliseconds for a name. */
const longestLookup = 5000;

/** Sends one request. */
type Ask = (signal: AbortSignal) => Promise<EchoResult>;

/**
 * Pings for whoever may. A lookup takes one of the few threads of Node's pool, and holds it however long the system tries:
 * there is one at a time, of all who ping.
 */
export function createPing(lookup: Lookup = systemLookup): Ping {
  const lookups = new Limiter(1);
  return async (host, options, signal) => {
    const address = isIP(host) === 0 ? await addressOf(host, lookup, lookups, signal) : host;
    const sockets = new EchoSockets();
    const ask = await wayTo(address, options, sockets);
    return { address, echoes: echoes(ask, options, sockets, signal) };
  };
}

async function addressOf(
  name: string,
  lookup: Lookup,
  lookups: Limiter,
  interrupted: AbortSignal,
): Promise<string> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(longestLookup)]);
  const over = Promise.withResolvers<never>();
  const give = (): void => over.reject(new Error(`no name server has answered in ${longestLookup / 1000} s`));
  signal.addEventListener('abort', give);
  // Who waits no more asks nobody.
  const found = lookups.run(() => (signal.aborted ? Promise.resolve([]) : lookup(name)));
  try {
    const [address] = await Promise.race([found, over.promise]);
    if (address === undefined) throw new Error('it has no address');
    return address;
  } catch (error) {
    throw codeOf(error) === 'ENOTFOUND' ? new Error('nobody knows this name', { cause: error }) : error;
  } finally {
    signal.removeEventListener('abort', give);
    // Nobody waits for it any more.
    found.catch(() => undefined);
  }
}

/** By a socket of this process where the system gives one, else by the system's program. */
async function wayTo(address: string, options: PingOptions, sockets: EchoSockets): Promise<Ask> {
  try {
    await sockets.open(familyOf(address));
    return (signal) => sockets.ask(address, options, signal);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  return (signal) => askWithProgram(address, options, signal);
}

async function* echoes(
  ask: Ask,
  { count, timeout }: PingOptions,
  sockets: EchoSockets,
  signal: AbortSignal,
): AsyncGenerator<Echo> {
  try {
    for (let sequence = 0; sequence < count; sequence++) {
      const next = performance.now() + interval;
      const result = await ask(signal);
      if (signal.aborted) return;
      yield { sequence, ...described(result, timeout) };
      if (sequence + 1 === count) return;
      // It rejects when the user interrupts, and for nothing else.
      await pause(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  } finally {
    await sockets.close();
  }
}

function described(result: EchoResult, timeout: number): Omit<Echo, 'sequence'> {
  switch (result.type) {
    case 'answered':
      return { milliseconds: result.milliseconds, reason: '' };
    case 'silent':
      return { milliseconds: null, reason: `no answer in ${timeout / 1000} s` };
    case 'failed':
      return { milliseconds: null, reason: networkReason(result.error) };
  }
}
