import type { Limit } from '../../src/verdict/limit.ts';

/**
 * What the sources table must do, said with maps and sets: slow, single-threaded, nothing shared with the
 * product.
 */

type Episode = { count: number; wouldRefuse: number; peak: number; last: number };

export type ModelConnection = {
  readonly policy: number;
  readonly address: bigint;
  source: ModelSource | null;
};

export type ModelSource = {
  readonly key: string;
  readonly policy: number;
  readonly held: Set<ModelConnection>;
  readonly shadow: Set<ModelConnection>;
  peak: number;
  refused: number;
  block: number | null;
  shadowBlock: number | null;
  episode: Episode | null;
};

export type ModelVerdict = 'admit' | 'admit-report' | 'refuse-report' | 'refuse-unreported' | 'table-full';

export type ModelDecision = {
  verdict: ModelVerdict;
  connection: ModelConnection | null;
  open: number;
  wouldRefuse: boolean;
  firstViolation: boolean;
  startedBlock: boolean;
};

export type ModelEnd = {
  key: string;
  count: number;
  wouldRefuse: number;
  peak: number;
  open: number;
  last: number;
};

const MAPPED = 0xffffn;

export const keyOf = (policy: number, address: bigint, prefixV4: number, prefixV6: number): string => {
  const isV4 = address >> 32n === MAPPED;
  const bits = isV4 ? 32n - BigInt(prefixV4) : 128n - BigInt(prefixV6);
  const network = (address >> bits) << bits;
  return `${policy} ${network.toString(16)}/${isV4 ? prefixV4 : prefixV6}`;
};

export class ReferenceModel {
  readonly sources = new Map<string, ModelSource>();
  violations = 0;
  wouldRefuses = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  #sourceOf(limit: Limit, address: bigint): ModelSource | null {
    const key = keyOf(limit.policy, address, limit.prefixV4, limit.prefixV6);
    const known = this.sources.get(key);
    if (known !== undefined) return known;
    if (this.sources.size === this.capacity) return null;
    const source: ModelSource = {
      key,
      policy: limit.policy,
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

  #hold(source: ModelSource, connection: ModelConnection, inShadow: boolean): void {
    connection.source = source;
    source.held.add(connection);
    if (inShadow) source.shadow.add(connection);
    source.peak = Math.max(source.peak, source.held.size);
    if (source.episode !== null) source.episode.peak = Math.max(source.episode.peak, source.held.size);
  }

  #forgetIfIdle(source: ModelSource): void {
    const isKept = source.block !== null || source.shadowBlock !== null || source.episode !== null;
    if (source.held.size === 0 && !isKept) this.sources.delete(source.key);
  }

  admit(limit: Limit, address: bigint, now: number, whenFull: 'open' | 'closed'): ModelDecision {
    const connection: ModelConnection = { policy: limit.policy, address, source: null };
    const decision: ModelDecision = {
      verdict: 'admit',
      connection,
      open: 0,
      wouldRefuse: false,
      firstViolation: false,
      startedBlock: false,
    };
    const source = this.#sourceOf(limit, address);
    if (source === null) {
      return whenFull === 'open' ? decision : { ...decision, verdict: 'table-full', connection: null };
    }
    const until = now + limit.blockPeriod * 1000;
    const isBlockPeriod = limit.action === 'block-period';
    const isBlocked = source.block !== null && source.block > now;
    const isShadowBlocked = source.shadowBlock !== null && source.shadowBlock > now;
    const isAtThreshold = limit.threshold > 0 && source.held.size >= limit.threshold;
    const refuses = !limit.monitor && limit.action !== 'alert' && limit.threshold > 0;

    if (refuses && (isAtThreshold || (isBlockPeriod && isBlocked))) {
      decision.connection = null;
      decision.wouldRefuse = true;
      decision.open = source.held.size;
      source.refused++;
      if (isBlockPeriod && !isBlocked) {
        source.block = until;
        decision.startedBlock = true;
      }
      if (limit.action === 'deny_no_log') return { ...decision, verdict: 'refuse-unreported' };
      decision.firstViolation = this.#violation(source, true, now);
      return { ...decision, verdict: 'refuse-report' };
    }

    if (!refuses && limit.threshold > 0) {
      const isInBlock = isBlockPeriod && (isBlocked || isShadowBlocked);
      const isShadowAtThreshold = source.shadow.size >= limit.threshold;
      decision.wouldRefuse = isInBlock || isShadowAtThreshold;
      if (isBlockPeriod && isShadowAtThreshold && !isInBlock) {
        source.shadowBlock = until;
        source.shadow.clear();
      }
    }
    this.#hold(source, connection, !decision.wouldRefuse);
    decision.open = source.held.size;
    if (!isAtThreshold) {
      if (decision.wouldRefuse && source.episode !== null) {
        source.episode.wouldRefuse++;
        this.wouldRefuses++;
      }
      return decision;
    }
    decision.firstViolation = this.#violation(source, decision.wouldRefuse, now);
    return { ...decision, verdict: 'admit-report' };
  }

  /** Returns whether it starts an episode. */
  #violation(source: ModelSource, wouldRefuse: boolean, now: number): boolean {
    this.violations++;
    if (wouldRefuse) this.wouldRefuses++;
    if (source.episode === null) {
      source.episode = { count: 0, wouldRefuse: 0, peak: source.held.size, last: now };
      return true;
    }
    source.episode.count++;
    if (wouldRefuse) source.episode.wouldRefuse++;
    source.episode.last = now;
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
    const source = this.#sourceOf(limit, connection.address);
    if (source !== null) this.#hold(source, connection, inShadow);
  }

  isBlocked(connection: ModelConnection, limit: Limit, now: number): boolean {
    const block = connection.source?.block ?? null;
    const isEnforced = limit.action === 'block-period' && !limit.monitor && limit.threshold > 0;
    return isEnforced && block !== null && block > now;
  }

  #end(source: ModelSource): ModelEnd[] {
    const { episode, key, held } = source;
    source.episode = null;
    return episode === null ? [] : [{ key, open: held.size, ...episode }];
  }

  sweep(now: number, interval: number): ModelEnd[] {
    const ends: ModelEnd[] = [];
    for (const source of [...this.sources.values()]) {
      const blocks = [source.block, source.shadowBlock].filter((until) => until !== null);
      if (blocks.some((until) => until > now)) continue;
      source.block = null;
      source.shadowBlock = null;
      const last = source.episode?.last ?? 0;
      if (blocks.some((until) => last < until) || now - last >= interval) ends.push(...this.#end(source));
      this.#forgetIfIdle(source);
    }
    return ends;
  }

  clearPolicy(policy: number): ModelEnd[] {
    const ends: ModelEnd[] = [];
    for (const source of [...this.sources.values()]) {
      if (source.policy !== policy) continue;
      source.block = null;
      source.shadowBlock = null;
      ends.push(...this.#end(source));
      this.#forgetIfIdle(source);
    }
    return ends;
  }
}
