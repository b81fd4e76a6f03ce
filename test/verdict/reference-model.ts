import type { Limit } from '../../src/verdict/judge/limit.ts';
import type { Reason } from '../../src/verdict/table/reasons.ts';

/**
 * What the sources table must do, said with maps and sets: slow, single-threaded, nothing shared with the
 * product.
 */

type Episode = {
  readonly reason: Reason;
  readonly first: number;
  count: number;
  wouldRefuse: number;
  total: number;
  peak: number;
  last: number;
  line: number;
};

type Block = { readonly reason: Reason; readonly until: number };

export type ModelConnection = {
  policy: number;
  address: bigint;
  source: ModelSource | null;
  isSilent: boolean;
  isHeld: boolean;
};

export type ModelSource = {
  readonly key: string;
  readonly policy: number;
  readonly prefix: number;
  readonly held: Set<ModelConnection>;
  readonly shadow: Set<ModelConnection>;
  peak: number;
  refused: number;
  block: Block | null;
  shadowBlock: Block | null;
  episode: Episode | null;
};

export type ModelVerdict = 'admit' | 'admit-report' | 'refuse-report' | 'refuse-unreported' | 'table-full';

export type ModelDecision = {
  verdict: ModelVerdict;
  connection: ModelConnection | null;
  open: number;
  silent: number;
  reason: Reason;
  wouldRefuse: boolean;
  inBlock: boolean;
  firstViolation: boolean;
  startedBlock: boolean;
};

export type ModelLine = {
  phase: 'summary' | 'end';
  key: string;
  reason: Reason;
  count: number;
  wouldRefuse: number;
  total: number;
  duration: number;
  peak: number;
  open: number;
  silent: number;
  last: number;
};

/** What an IP list says of an address. */
export type ModelMark = 'black' | 'trusted' | 'allowed';
export type ModelMarks = (limit: Limit, address: bigint) => ReadonlySet<ModelMark>;

const mapped = 0xffffn;
const longestBlock = 86_400_000;

export function keyOf(policy: number, address: bigint, prefixV4: number, prefixV6: number): string {
  const isV4 = address >> 32n === mapped;
  const bits = isV4 ? 32n - BigInt(prefixV4) : 128n - BigInt(prefixV6);
  const network = (address >> bits) << bits;
  return `${policy} ${network.toString(16)}/${isV4 ? prefixV4 : prefixV6}`;
}

export function silentIn(connections: ReadonlySet<ModelConnection>): number {
  return [...connections].filter(({ isSilent }) => isSilent).length;
}

/** The limit of the rule that these connections reach. */
function reached(limit: Limit, connections: ReadonlySet<ModelConnection>): Reason | null {
  if (limit.threshold > 0 && connections.size >= limit.threshold) return 'connections';
  return limit.silentThreshold > 0 && silentIn(connections) >= limit.silentThreshold ? 'silent' : null;
}

function applies(
  limit: Limit,
  marks: ReadonlySet<ModelMark>,
  block: Block | null,
  now: number,
): block is Block {
  if (block === null || block.until <= now) return false;
  if (marks.has('trusted') && !marks.has('black')) return false;
  if (block.reason === 'by-hand') return true;
  if (block.reason === 'allow-only' && marks.has('allowed')) return false;
  const ofRule = block.reason === 'connections' || block.reason === 'silent';
  if (ofRule) return limit.action === 'block-period' && limit.threshold + limit.silentThreshold > 0;
  return limit.ipList?.action === 'block-period';
}

const none: ReadonlySet<ModelConnection> = new Set();

export class ReferenceModel {
  readonly sources = new Map<string, ModelSource>();
  violations = 0;
  wouldRefuses = 0;
  readonly capacity: number;
  readonly marksOf: ModelMarks;

  constructor(capacity: number, marksOf: ModelMarks) {
    this.capacity = capacity;
    this.marksOf = marksOf;
  }

  #sourceOf(policy: number, address: bigint, prefixV4: number, prefixV6: number): ModelSource | null {
    const key = keyOf(policy, address, prefixV4, prefixV6);
    const known = this.sources.get(key);
    if (known !== undefined) return known;
    if (this.sources.size === this.capacity) return null;
    const source: ModelSource = {
      key,
      policy,
      prefix: address >> 32n === mapped ? prefixV4 : prefixV6,
      held: new Set(),
      shadow: new Set(),
      peak: 0,
      refused: 0,
      block: null,
      shadowBlock: null,
      episode: null,
    };
    this.sources.set(key, source);
    return source;
  }

  #placeOf(limit: Limit, address: bigint): ModelSource | null {
    return this.#sourceOf(limit.policy, address, limit.prefixV4, limit.prefixV6);
  }

  #count(source: ModelSource, connection: ModelConnection, inShadow: boolean): void {
    connection.source = source;
    source.held.add(connection);
    if (inShadow) source.shadow.add(connection);
    if (!connection.isHeld) source.peak = Math.max(source.peak, source.held.size);
    if (source.episode !== null) source.episode.peak = Math.max(source.episode.peak, source.held.size);
  }

  #forgetIfIdle(source: ModelSource): void {
    const isKept = source.block !== null || source.shadowBlock !== null || source.episode !== null;
    if (source.held.size === 0 && !isKept) this.sources.delete(source.key);
  }

  admit(limit: Limit, address: bigint, now: number, whenFull: 'open' | 'closed'): ModelDecision {
    const connection = { policy: limit.policy, address, source: null, isSilent: false, isHeld: false };
    return this.#judge(limit, connection, now, whenFull);
  }

  /** Counted whatever the source holds, where there is room to. */
  hold(limit: Limit, address: bigint): ModelConnection {
    const connection = { policy: limit.policy, address, source: null, isSilent: false, isHeld: true };
    const source = this.#placeOf(limit, address);
    if (source !== null) this.#count(source, connection, true);
    return connection;
  }

  identify(
    connection: ModelConnection,
    limit: Limit,
    address: bigint,
    now: number,
    whenFull: 'open' | 'closed',
  ): ModelDecision {
    this.release(connection);
    Object.assign(connection, { policy: limit.policy, address, isSilent: false, isHeld: false });
    return this.#judge(limit, connection, now, whenFull);
  }

  #judge(limit: Limit, connection: ModelConnection, now: number, whenFull: 'open' | 'closed'): ModelDecision {
    const { address } = connection;
    const { monitor, ipList } = limit;
    const key = keyOf(limit.policy, address, limit.prefixV4, limit.prefixV6);
    const known = this.sources.get(key) ?? null;
    const marks = this.marksOf(limit, address);
    const isExempt = marks.has('trusted') && !marks.has('black');
    const isStranger = ipList?.allowOnly === true && !isExempt && !marks.has('allowed');
    const listed = marks.has('black') ? 'black-ip' : isStranger ? 'allow-only' : null;
    const block = known?.block ?? null;
    const shadowBlock = known?.shadowBlock ?? null;
    const inBlock = applies(limit, marks, block, now);
    const inAnyBlock = inBlock || applies(limit, marks, shadowBlock, now);
    const rule = isExempt ? null : reached(limit, known?.held ?? none);

    let reason = listed ?? rule;
    let action = listed === null ? limit.action : (ipList?.action ?? 'alert_deny');
    if (listed === null && inBlock && !monitor) {
      reason = block.reason;
      action = 'alert_deny';
    }
    const isAdmitted = reason === null || monitor || action === 'alert';
    const isLenient = monitor || limit.action === 'alert';
    const shadowReason = isLenient && !isExempt ? reached(limit, known?.shadow ?? none) : null;
    const wouldRefuse =
      !isAdmitted || listed !== null || (monitor && inAnyBlock && !isExempt) || shadowReason !== null;

    const decision: ModelDecision = {
      verdict: 'admit',
      connection: isAdmitted ? connection : null,
      open: known?.held.size ?? 0,
      silent: silentIn(known?.held ?? none),
      reason: reason ?? 'connections',
      wouldRefuse,
      inBlock: listed === null && inBlock && !monitor,
      firstViolation: false,
      startedBlock: false,
    };
    const isUnreported = !isAdmitted && action === 'deny_no_log';
    if (known === null && isUnreported) return { ...decision, verdict: 'refuse-unreported' };
    const source = known ?? this.#placeOf(limit, address);
    if (source === null) {
      const isOpen = isAdmitted && (isExempt || whenFull === 'open');
      const verdict = isOpen ? 'admit' : 'table-full';
      return { ...decision, verdict, connection: isOpen ? connection : null, wouldRefuse: false };
    }

    const period = listed === null ? limit.blockPeriod : (ipList?.blockPeriod ?? 0);
    const until = now + period * 1000;
    if (!isAdmitted && action === 'block-period' && reason !== null && !inBlock) {
      source.block = { reason, until };
      decision.startedBlock = true;
    }
    if (monitor && wouldRefuse && action === 'block-period' && !inAnyBlock) {
      source.shadowBlock = { reason: reason ?? shadowReason ?? 'connections', until };
      source.shadow.clear();
    }
    if (isAdmitted) this.#count(source, connection, !wouldRefuse);
    else source.refused++;
    decision.open = source.held.size;
    decision.silent = silentIn(source.held);
    if (isUnreported) return { ...decision, verdict: 'refuse-unreported' };
    if (reason === null) {
      if (wouldRefuse && source.episode !== null) {
        source.episode.wouldRefuse++;
        this.wouldRefuses++;
      }
      return decision;
    }
    decision.firstViolation = this.#violation(source, reason, wouldRefuse, now);
    return { ...decision, verdict: isAdmitted ? 'admit-report' : 'refuse-report' };
  }

  /** Returns whether it starts an episode. */
  #violation(source: ModelSource, reason: Reason, wouldRefuse: boolean, now: number): boolean {
    this.violations++;
    if (wouldRefuse) this.wouldRefuses++;
    const { episode } = source;
    if (episode === null) {
      const peak = source.held.size;
      source.episode = { reason, first: now, count: 0, wouldRefuse: 0, total: 1, peak, last: now, line: now };
      return true;
    }
    episode.count++;
    episode.total++;
    if (wouldRefuse) episode.wouldRefuse++;
    episode.last = now;
    return false;
  }

  release(connection: ModelConnection): void {
    const { source } = connection;
    if (source === null) return;
    connection.source = null;
    source.held.delete(connection);
    source.shadow.delete(connection);
    this.#forgetIfIdle(source);
  }

  rekey(limit: Limit, connection: ModelConnection): void {
    if (connection.policy !== limit.policy) return;
    const key = keyOf(limit.policy, connection.address, limit.prefixV4, limit.prefixV6);
    if (connection.source?.key === key) return;
    const inShadow = connection.source === null || connection.source.shadow.has(connection);
    this.release(connection);
    const source = this.#placeOf(limit, connection.address);
    if (source !== null) this.#count(source, connection, inShadow);
  }

  isBlocked(connection: ModelConnection, limit: Limit, now: number): boolean {
    const block = connection.source?.block ?? null;
    const marks = this.marksOf(limit, connection.address);
    return !limit.monitor && !connection.isHeld && applies(limit, marks, block, now);
  }

  lift(policy: number, address: bigint, now: number): boolean {
    const blocked = [...this.sources.values()].filter(
      ({ key, prefix, block }) =>
        block !== null && block.until > now && key === keyOf(policy, address, prefix, prefix),
    );
    for (const source of blocked) {
      if (source.block !== null) source.block = { ...source.block, until: now };
    }
    return blocked.length > 0;
  }

  restore(policy: number, address: bigint, prefix: number, block: Block, now: number): void {
    if (block.until <= now) return;
    const source = this.#sourceOf(policy, address, prefix, prefix);
    if (source === null || (source.block !== null && source.block.until > now)) return;
    source.block = { ...block, until: Math.min(block.until, now + longestBlock) };
  }

  #line(source: ModelSource, episode: Episode, phase: ModelLine['phase'], now: number): ModelLine {
    const { first, line: _line, ...rest } = episode;
    episode.count = 0;
    episode.wouldRefuse = 0;
    episode.line = now;
    if (phase === 'end') source.episode = null;
    const { key, held } = source;
    return { phase, key, ...rest, duration: rest.last - first, open: held.size, silent: silentIn(held) };
  }

  sweep(now: number, interval: number): ModelLine[] {
    const lines: ModelLine[] = [];
    for (const source of [...this.sources.values()]) {
      const { episode } = source;
      const ends = [source.block, source.shadowBlock].flatMap((block) => block?.until ?? []);
      const isInBlock = ends.some((until) => until > now);
      if (!isInBlock) {
        source.block = null;
        source.shadowBlock = null;
      }
      if (episode !== null) {
        const isBlockOver = ends.some((until) => episode.last < until);
        const isOver = !isInBlock && (isBlockOver || now - episode.last >= interval);
        const isDue = now - episode.line >= interval && episode.count + episode.wouldRefuse > 0;
        if (isOver) lines.push(this.#line(source, episode, 'end', now));
        else if (isDue) lines.push(this.#line(source, episode, 'summary', now));
      }
      this.#forgetIfIdle(source);
    }
    return lines;
  }

  clearPolicy(policy: number, now: number): ModelLine[] {
    const lines: ModelLine[] = [];
    for (const source of [...this.sources.values()]) {
      if (source.policy !== policy) continue;
      source.block = null;
      source.shadowBlock = null;
      if (source.episode !== null) lines.push(this.#line(source, source.episode, 'end', now));
      this.#forgetIfIdle(source);
    }
    return lines;
  }
}
