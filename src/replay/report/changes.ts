import { Top } from '../../verdict/upkeep/top.ts';
import type { PolicyReplay } from '../judging/policy-replay.ts';
import type { Replay } from '../judging/replay.ts';
import {
  affectedSince,
  fateOf,
  haveSameNumbers,
  nothingRecorded,
  type SourceRecord,
} from '../judging/source-record.ts';
import { NONE } from '../links.ts';
import { type FateChange, mostNamed, type PolicyChange, type SourceResult } from './result.ts';

/** What changes from one configuration to another that has seen the same connections. Policies are the same by row id. */
export function changesOf(before: Replay, after: Replay): PolicyChange[] {
  const ids = new Set([...before.policies.keys(), ...after.policies.keys()]);
  return [...ids]
    .map((id) => policyChange(before.policies.get(id), after.policies.get(id)))
    .filter((change) => isChange(change));
}

function isChange({ before, after, changesInAll, otherNumbers }: PolicyChange): boolean {
  return (
    changesInAll > 0 ||
    otherNumbers > 0 ||
    before?.connections !== after?.connections ||
    before?.policy !== after?.policy
  );
}

type Side = PolicyReplay | undefined;

/** A source under both configurations, by its entries there; NONE: it has none. */
type Pair = { readonly was: number; readonly is: number; readonly since: number };

function policyChange(before: Side, after: Side): PolicyChange {
  const first = new Top<Pair>(mostNamed);
  let changesInAll = 0;
  let otherNumbers = 0;
  for (const pair of pairs(before, after)) {
    const { was, is, since } = pair;
    if (fateOf(recordOf(before, was)) !== fateOf(recordOf(after, is))) {
      changesInAll++;
      if (first.takes(-since)) first.add(-since, pair);
    } else if (hasOtherNumbers(before, was, after, is)) otherNumbers++;
  }
  const byTime = first.inOrder().sort((one, other) => one.since - other.since);
  return {
    policy: after?.snapshot.name ?? before?.snapshot.name ?? '',
    before: before?.result ?? null,
    after: after?.result ?? null,
    changes: byTime.map((pair) => fateChange(before, after, pair)),
    changesInAll,
    otherNumbers,
  };
}

/** Each source that was not merely admitted under one of them. Not who was not kept in mind under the other. */
function* pairs(before: Side, after: Side): Generator<Pair> {
  for (const was of before?.records.keys() ?? []) {
    const is = counterpart(before, was, after);
    if (isKnown(after, is)) yield { was, is, since: Math.min(sinceOf(before, was), sinceOf(after, is)) };
  }
  for (const is of after?.records.keys() ?? []) {
    const was = counterpart(after, is, before);
    const isYielded = before?.records.has(was) === true;
    if (!isYielded && isKnown(before, was)) yield { was, is, since: sinceOf(after, is) };
  }
}

function counterpart(side: Side, entry: number, other: Side): number {
  if (side === undefined || other === undefined) return NONE;
  const found = other.book.findAlike(side.book, entry);
  return found !== NONE && other.book.isPassing(found) ? NONE : found;
}

function isKnown(side: Side, entry: number): boolean {
  return entry !== NONE || side === undefined || side.unnamed === 0;
}

/** Who is admitted is as well off as who meets no policy. */
function recordOf(side: Side, entry: number): Readonly<SourceRecord> {
  return side?.recordOf(entry) ?? nothingRecorded;
}

function sinceOf(side: Side, entry: number): number {
  return affectedSince(recordOf(side, entry));
}

function hasOtherNumbers(before: Side, was: number, after: Side, is: number): boolean {
  if (before === undefined || after === undefined || was === NONE || is === NONE) return false;
  return !haveSameNumbers(recordOf(before, was), recordOf(after, is));
}

function fateChange(before: Side, after: Side, { was, is }: Pair): FateChange {
  const [wasResult, isResult] = [resultOf(before, was), resultOf(after, is)];
  return {
    source: wasResult?.source ?? isResult?.source ?? '',
    from: wasResult?.fate ?? null,
    to: isResult?.fate ?? null,
    before: wasResult,
    after: isResult,
  };
}

function resultOf(side: Side, entry: number): SourceResult | null {
  return side === undefined || entry === NONE ? null : side.resultOf(entry);
}
