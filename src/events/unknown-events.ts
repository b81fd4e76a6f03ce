import { isDeepStrictEqual } from 'node:util';
import type { RaisedEvent } from './events.ts';

/** Those of `events` that are not among `known`. */
export function unknownEvents(
  events: readonly RaisedEvent[],
  known: readonly RaisedEvent[],
): readonly RaisedEvent[] {
  return events.filter((event) => !known.some((each) => isDeepStrictEqual(each, event)));
}
