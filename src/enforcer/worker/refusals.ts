import { addressOf, formatAddress, isIPv4, MAPPED_BITS, maskWord } from '../../net/address.ts';
import type { FormerSnapshot } from '../../policy/snapshot.ts';
import type { Judgement } from '../../verdict/judge/judgement.ts';
import { type Limit, limitOf, marksOf } from '../../verdict/judge/limit.ts';
import { roomIn } from '../../verdict/judge/room.ts';
import type { Engine } from '../engine/engine.ts';
import type { RefusedSource } from './messages.ts';
import { Throttle } from './throttle.ts';

/** Milliseconds between two reports, at least. */
const reportInterval = 100;

/** Refusals that one report tells of: a flood is to cost no more than these. */
const mostRefusals = 4096;

type Refusal = Pick<Judgement, 'reason' | 'open' | 'elsewhere' | 'silent'>;

type Refused = { -readonly [field in keyof RefusedSource]: RefusedSource[field] };

/** Judges whom the running revision refuses by the one before it, while that is a guard. */
export class Refusals {
  readonly #report: (sources: readonly RefusedSource[]) => void;
  readonly #reporting: Throttle;
  #former: FormerSnapshot | null = null;
  /** By policy. */
  readonly #limits = new Map<number, Limit>();
  #sources = new Map<string, Refused>();
  /** Since the last report. */
  #refusals = 0;

  constructor(engine: Pick<Engine, 'now' | 'after'>, report: (sources: readonly RefusedSource[]) => void) {
    this.#report = report;
    this.#reporting = new Throttle(engine, reportInterval, () => this.flush());
  }

  /** Null: nothing is guarded. */
  change(former: FormerSnapshot | null): void {
    this.#former = former;
    this.#limits.clear();
    this.#sources.clear();
    this.#refusals = 0;
    for (const policy of former?.policies ?? []) this.#limits.set(policy.id, limitOf(policy));
  }

  get isGuarded(): boolean {
    return this.#former !== null;
  }

  /** A connection was refused by the rule or the IP list of a policy. */
  refused(limit: Limit, address: string, { reason, open, elsewhere, silent }: Refusal): void {
    // The former revision would not have let it in either, before other nodes know of it.
    if (reason !== 'unconfirmed') this.#note(limit, address, open + elsewhere, silent);
  }

  /** A connection was refused since the sources table is full. */
  unplaced(limit: Limit, address: string): void {
    if (this.#former?.tableFull === 'open') this.#note(limit, address, 0, 0);
  }

  /** A peer was refused since it did not announce anybody: by the former snapshot it need not have. */
  unannounced(limit: Limit, address: string): void {
    const former = this.#former?.policies.find(({ id }) => id === limit.policy);
    if (former?.proxyProtocol === null) this.#note(limit, address, 0, 0);
  }

  #note(limit: Limit, text: string, open: number, silent: number): void {
    const former = this.#limits.get(limit.policy);
    if (former === undefined || this.#refusals >= mostRefusals) return;
    const address = addressOf(text);
    if (address === null) return;
    this.#refusals += 1;
    const source = networkOf(former, address);
    const key = `${limit.policy} ${source}`;
    const known = this.#sources.get(key);
    // Of sources that were told apart otherwise nobody knows what they hold: at least nothing.
    const isSame = former.prefixV4 === limit.prefixV4 && former.prefixV6 === limit.prefixV6;
    const held = isSame ? open : 0;
    const refused = known ?? { policy: limit.policy, source, attempts: 0, room: 0, isKnown: false };
    refused.attempts += 1;
    refused.room = roomIn(former, marksOf(former, address), held, isSame ? silent : 0);
    refused.isKnown ||= isSame && limit.threshold > 0 && open > limit.threshold;
    if (known === undefined) this.#sources.set(key, refused);
    this.#reporting.ask();
  }

  flush(): void {
    this.#refusals = 0;
    if (this.#sources.size === 0) return;
    const sources = [...this.#sources.values()];
    this.#sources = new Map();
    this.#report(sources);
  }
}

/** Who is one source under a limit: an address, or a network with its length. */
function networkOf({ prefixV4, prefixV6 }: Limit, address: Uint32Array): string {
  const isV4 = isIPv4(address);
  const [prefix, whole] = isV4 ? [prefixV4, 32] : [prefixV6, 128];
  const bits = prefix + (isV4 ? MAPPED_BITS : 0);
  const masked = address.map((word, index) => maskWord(word, bits - 32 * index) >>> 0);
  const source = formatAddress(masked);
  return prefix === whole ? source : `${source}/${prefix}`;
}
