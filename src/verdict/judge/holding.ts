import { read } from '../../memory/words.ts';
import { NO_REASON } from '../table/reasons.ts';
import {
  BLOCKED,
  FLAGS,
  OPEN,
  SHADOW,
  SHADOW_BLOCKED,
  SHADOW_SILENT,
  SILENT,
  type SourcesTable,
} from '../table/table.ts';
import { liveBlock, liveShadowBlock } from '../table/violations.ts';
import type { Holding } from './decision.ts';

/** What a source holds that the table does not know. */
export function emptyHolding(): Holding {
  return {
    open: 0,
    silent: 0,
    shadow: 0,
    shadowSilent: 0,
    block: NO_REASON,
    shadowBlock: NO_REASON,
  };
}

/** Reads what a source holds, lock held; `at` is where its slot begins. */
export function readHolding(table: SourcesTable, at: number, tick: number, into: Holding): void {
  const { words } = table;
  into.open = read(words, at + OPEN);
  into.silent = read(words, at + SILENT);
  into.shadow = read(words, at + SHADOW);
  into.shadowSilent = read(words, at + SHADOW_SILENT);
  const hasBlock = (read(words, at + FLAGS) & (BLOCKED | SHADOW_BLOCKED)) !== 0;
  into.block = hasBlock ? liveBlock(table, at, tick) : NO_REASON;
  into.shadowBlock = hasBlock ? liveShadowBlock(table, at, tick) : NO_REASON;
}
