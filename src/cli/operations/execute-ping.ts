import type { Word } from '../../../grammar/word.ts';
import { type Echo, NoRightToPing } from '../../system/ping.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Fault, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { hint } from '../typing/suggestion.ts';

/** An address, or what could be the name of a host. */
const host = /^(?!-)(?!.*\.\.)[\w.-]{1,253}$|^[\da-fA-F:.]+(?:%[\w.-]+)?$/;

const expected = 'an IPv4 or IPv6 address, or the name of a host';

export default {
  verb: 'execute',
  words: ['ping'],
  parameters: '<host>',
  help: 'Ask a host for an answer, once a second; Ctrl-C ends it',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'acts',
  suggest: (_position, { length }) => (length === 0 ? [hint('<host>', expected)] : []),
  async run({ ping, pingSettings, client, print }, [name, extra]): Promise<Faults> {
    if (name === undefined) return [{ error: 'incomplete', word: '', expected }];
    if (!host.test(name.text))
      return [{ error: 'invalid-value', word: name.text, span: name.span, expected }];
    if (extra !== undefined) return [superfluous(extra)];
    const size = pingSettings.get('data-size');
    const options = {
      count: pingSettings.get('repeat-count'),
      size,
      timeout: pingSettings.get('timeout') * 1000,
    };
    const { signal, drained } = client;
    const tally = new Tally();
    try {
      const { address, echoes } = await ping(name.text, options, signal);
      let heading = [`PING ${name.text} (${address}): ${size} data bytes`];
      for await (const echo of echoes) {
        tally.add(echo);
        const lines = [...heading, echoLine(echo, address, size)];
        print({
          lines,
          data: () => ({ address, ...echo, milliseconds: rounded(echo.milliseconds) }),
          unpaged: true,
        });
        heading = [];
        await drained();
      }
      const { statistics } = tally;
      print({ lines: statisticsLines(name.text, statistics), data: () => statistics, unpaged: true });
    } catch (error) {
      if (signal.aborted) return done;
      return [
        error instanceof NoRightToPing
          ? { ...noRight, word: error.message }
          : failure(messageOf(error), name),
      ];
    }
    return tally.statistics.received === 0 && !signal.aborted ? [failure('nobody has answered', name)] : done;
  },
} satisfies Operation;

/** It is no fault of the host. */
const noRight = {
  error: 'operation-failed',
  expected: 'the group of this process in net.ipv4.ping_group_range (sysctl), or the program ping',
} as const;

function failure(reason: string, { span }: Word): Fault {
  return { error: 'operation-failed', word: reason, span, expected: 'a host that can be pinged from here' };
}

/** ICMP has a header of 8 bytes, which ping programs count. */
function echoLine({ sequence, milliseconds, reason }: Echo, address: string, size: number): string {
  return milliseconds === null
    ? `no reply from ${address}: icmp_seq=${sequence} ${reason}`
    : `${size + 8} bytes from ${address}: icmp_seq=${sequence} time=${milliseconds.toFixed(1)} ms`;
}

/** To microseconds. */
function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 1000) / 1000;
}

type Statistics = {
  readonly sent: number;
  readonly received: number;
  /** Milliseconds; null: nobody has answered. */
  readonly minimum: number | null;
  readonly average: number | null;
  readonly maximum: number | null;
};

class Tally {
  #sent = 0;
  #received = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add({ milliseconds }: Echo): void {
    this.#sent += 1;
    if (milliseconds === null) return;
    this.#received += 1;
    this.#sum += milliseconds;
    this.#least = Math.min(this.#least, milliseconds);
    this.#most = Math.max(this.#most, milliseconds);
  }

  get statistics(): Statistics {
    const [sent, received] = [this.#sent, this.#received];
    if (received === 0) return { sent, received, minimum: null, average: null, maximum: null };
    return {
      sent,
      received,
      minimum: rounded(this.#least),
      average: rounded(this.#sum / received),
      maximum: rounded(this.#most),
    };
  }
}

/** As ping programs have it. */
function* statisticsLines(
  host: string,
  { sent, received, minimum, average, maximum }: Statistics,
): Generator<string> {
  const lost = sent === 0 ? 0 : Math.round((100 * (sent - received)) / sent);
  yield '';
  yield `--- ${host} ping statistics ---`;
  yield `${sent} packets transmitted, ${received} packets received, ${lost}% packet loss`;
  if (minimum === null || average === null || maximum === null) return;
  yield `round-trip min/avg/max = ${minimum.toFixed(1)}/${average.toFixed(1)}/${maximum.toFixed(1)} ms`;
}
