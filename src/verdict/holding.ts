import type { Holding } from './decision.ts';
import { NO_REASON } from './reasons.ts';
import { OPEN, SHADOW, SHADOW_SILENT, SILENT, type SourcesTable } from './table.ts';
import { liveBlock, liveShadowBlock } from './violations.ts';
import { read } from './words.ts';

export const emptyHolding = (): Holding => ({
  open: 0,
  silent: 0,
  shadow: 0,
  shadowSilent: 0,
  block: NO_REASON,
  shadowBlock: NO_REASON,
});

/** Reads what a source holds, lock held; slot 0 holds nothing. */
export const readHolding = (table: SourcesTable, slot: number, tick: number, into: Holding): void => {
  const { words } = table;
  const at = table.slotAt(slot);
  const isKnown = slot !== 0;
  into.open = isKnown ? read(words, at + OPEN) : 0;
  into.silent = isKnown ? read(words, at + SILENT) : 0;
  into.shadow = isKnown ? read(words, at + SHADOW) : 0;
  into.shadowSilent = isKnown ? read(words, at + SHADOW_SILENT) : 0;
  into.block = isKnown ? liveBlock(words, at, tick) : NO_REASON;
  into.shadowBlock = isKnown ? liveShadowBlock(words, at, tick) : NO_REASON;
};
