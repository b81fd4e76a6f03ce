import { read } from '../../memory/words.ts';
import { NO_REASON } from '../table/reasons.ts';
import { CUT_OFF, nodesIn, partitionIn, standingAt } from '../table/sharing.ts';
import {
  BASE,
  BLIND_ALLOWANCE,
  BLOCKED,
  FLAGS,
  OPEN,
  REMOTE,
  SHADOW,
  SHADOW_BLOCKED,
  SHADOW_SILENT,
  SHARED,
  SHARING,
  SILENT,
  type SourcesTable,
} from '../table/table.ts';
import { liveBlock, liveShadowBlock } from '../table/violations.ts';
import type { Holding } from './decision.ts';
import type { Limit } from './limit.ts';
import { allowanceOf, mostHere, unlimited } from './shared-limit.ts';

/** What a source holds that the table does not know. */
export function emptyHolding(): Holding {
  return {
    open: 0,
    silent: 0,
    shadow: 0,
    shadowSilent: 0,
    block: NO_REASON,
    shadowBlock: NO_REASON,
    elsewhere: 0,
    mostHere: unlimited,
  };
}

/** Reads what a source holds, lock held; `at` is where its slot begins. */
export function readHolding(table: SourcesTable, at: number, tick: number, into: Holding): void {
  const { words } = table;
  into.open = read(words, at + OPEN);
  into.silent = read(words, at + SILENT);
  into.shadow = read(words, at + SHADOW);
  into.shadowSilent = read(words, at + SHADOW_SILENT);
  into.elsewhere = 0;
  into.mostHere = unlimited;
  const hasBlock = (read(words, at + FLAGS) & (BLOCKED | SHADOW_BLOCKED)) !== 0;
  into.block = hasBlock ? liveBlock(table, at, tick) : NO_REASON;
  into.shadowBlock = hasBlock ? liveShadowBlock(table, at, tick) : NO_REASON;
}

/** Whether this node shares what sources hold with others. */
export function isSharing(table: SourcesTable): boolean {
  return read(table.words, SHARING) !== 0;
}

/** Reads what other nodes have to do with a source, lock held, where this one shares; `at` is where its slot begins, 0: it has none. */
export function readSharing(
  table: SourcesTable,
  at: number,
  limit: Limit,
  tick: number,
  into: Holding,
): void {
  const { words } = table;
  const sharing = read(words, SHARING);
  if (limit.threshold === 0) return;
  const standing = standingAt(table, tick);
  const isKnown = at !== 0 && (read(words, at + FLAGS) & SHARED) !== 0;
  const shared = isKnown ? table.sharedAt(at) : 0;
  const base = isKnown ? Atomics.load(words, shared + BASE) : 0;
  if (isKnown && standing !== CUT_OFF) into.elsewhere = Atomics.load(words, shared + REMOTE);
  const allowance = allowanceOf(limit.threshold, read(words, BLIND_ALLOWANCE));
  const nodes = nodesIn(sharing);
  into.mostHere = mostHere(standing, partitionIn(sharing), nodes, limit.threshold, allowance, base);
}
