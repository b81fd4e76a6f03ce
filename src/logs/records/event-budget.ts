import { describe, type Event } from '../../events/events.ts';
import { type Level, reaches } from '../../events/level.ts';
import { eventsOmitted } from '../../events/logs.ts';

/** Milliseconds that the lines of one type of event are counted over. */
const interval = 60_000;
/** Lines that a type may have in an interval, before the others share one. */
const standardLines = 100;

/** What happens to one thing of many happens to all of them at once: these have a bound of their own, where they arise. */
const boundElsewhere: ReadonlySet<Event['type']> = new Set(['script-said', 'events-omitted']);

type Omitted = { count: number; level: Level; isExpected: boolean; last: string };

type Interval = { readonly began: number; lines: number; omitted: Omitted | null };

export type TimedEvent = { readonly event: Event; readonly time: number };

/**
 * Bounds the lines of the event log: however many members go down, blocks are lost or logins fail at once, each type of
 * event has so many lines in a minute, then one that counts all others. What an administrator has done is never left
 * out. `now` is of a monotonic clock, in milliseconds; `time` since 1970.
 */
export class EventBudget {
  readonly #lines: number;
  readonly #intervals = new Map<Event['type'], Interval>();

  constructor(lines = standardLines) {
    this.#lines = lines;
  }

  /** What is to be recorded now that this has happened; often it alone. */
  take(event: Event, time: number, now: number): readonly TimedEvent[] {
    const { actor, isFailure, level, isExpected, text } = describe(event);
    const isOfAdministrator = actor !== null && !isFailure;
    if (isOfAdministrator || boundElsewhere.has(event.type)) return [{ event, time }];
    const known = this.#intervals.get(event.type);
    const isOver = known !== undefined && now - known.began >= interval;
    const due = isOver ? this.#end(event.type, known, time) : [];
    const current = known === undefined || isOver ? this.#begin(event.type, now) : known;
    if (current.lines < this.#lines) {
      current.lines += 1;
      return [...due, { event, time }];
    }
    const before = current.omitted;
    current.omitted = {
      count: (before?.count ?? 0) + 1,
      level: before !== null && reaches(before.level, level) ? before.level : level,
      isExpected: isExpected && before?.isExpected !== false,
      last: text,
    };
    return due;
  }

  /** What is to be recorded because an interval is over. */
  due(time: number, now: number): readonly TimedEvent[] {
    return [...this.#intervals]
      .filter(([, { began }]) => now - began >= interval)
      .flatMap(([type, ended]) => this.#end(type, ended, time));
  }

  /** All that is still to be recorded. */
  close(time: number): readonly TimedEvent[] {
    return [...this.#intervals].flatMap(([type, ended]) => this.#end(type, ended, time));
  }

  #begin(type: Event['type'], now: number): Interval {
    const begun = { began: now, lines: 0, omitted: null };
    this.#intervals.set(type, begun);
    return begun;
  }

  #end(type: Event['type'], { omitted }: Interval, time: number): readonly TimedEvent[] {
    this.#intervals.delete(type);
    return omitted === null ? [] : [{ event: eventsOmitted({ ...omitted, of: type }), time }];
  }
}
