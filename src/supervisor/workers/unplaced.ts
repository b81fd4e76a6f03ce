import type { RaisedEvent } from '../../events/events.ts';
import { listenerUnplaced } from '../../events/listeners.ts';
import { unknownEvents } from '../../events/unknown-events.ts';
import type { Snapshot } from '../../policy/snapshot.ts';

/** An event for each place where an enabled policy is to listen, and there is no address for it. */
export function unplacedListeners({ policies }: Snapshot): RaisedEvent[] {
  return policies
    .filter(({ enabled }) => enabled)
    .flatMap(({ id, unplaced }) => unplaced.map((listener) => listenerUnplaced({ policy: id, ...listener })));
}

/** Those of a snapshot that were not so in the one before it. */
export function newlyUnplaced(before: Snapshot | null, snapshot: Snapshot): readonly RaisedEvent[] {
  return unknownEvents(unplacedListeners(snapshot), before === null ? [] : unplacedListeners(before));
}
