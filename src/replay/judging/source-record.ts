import type { Fate, SourceResult } from '../report/result.ts';

/** What became of a source that was not merely admitted. */
export type SourceRecord = {
  reported: number;
  refused: number;
  wouldRefuse: number;
  blocks: number;
  /** Connections that blocks have closed. */
  closed: number;
  /** When it was first so, in milliseconds since 1970; null: never. */
  firstReported: number | null;
  firstRefused: number | null;
  firstBlocked: number | null;
};

export function emptyRecord(): SourceRecord {
  return {
    reported: 0,
    refused: 0,
    wouldRefuse: 0,
    blocks: 0,
    closed: 0,
    firstReported: null,
    firstRefused: null,
    firstBlocked: null,
  };
}

/** That of a source which was merely admitted. */
export const nothingRecorded: Readonly<SourceRecord> = emptyRecord();

/** When the source came to be anything but admitted: Infinity where it did not. */
export function affectedSince({ firstReported, firstRefused }: Readonly<SourceRecord>): number {
  return Math.min(firstReported ?? Infinity, firstRefused ?? Infinity);
}

export function fateOf({ blocks, refused, reported }: Readonly<SourceRecord>): Fate {
  if (blocks > 0) return 'blocked';
  if (refused > 0) return 'refused';
  return reported > 0 ? 'reported' : 'admitted';
}

/** Whether each number of one is that of the other. */
export function haveSameNumbers(one: Readonly<SourceRecord>, other: Readonly<SourceRecord>): boolean {
  return (
    one.reported === other.reported &&
    one.refused === other.refused &&
    one.wouldRefuse === other.wouldRefuse &&
    one.blocks === other.blocks &&
    one.closed === other.closed
  );
}

export function sourceResult(
  record: Readonly<SourceRecord>,
  source: string,
  connections: number,
): SourceResult {
  return { source, fate: fateOf(record), connections, ...record };
}
