import { isDeepStrictEqual } from 'node:util';
import type { RaisedEvent } from '../events/events.ts';
import type { Snapshot } from '../policy/snapshot.ts';

type Shortfall = { readonly event: RaisedEvent; readonly about: unknown };

/** What can't be done of the configuration in force: whoever commits hears what is new of it, not all there is each time. */
export class Shortfalls {
  #known: readonly Shortfall[] = [];

  /** Takes `events` for all that there is with `snapshot`. Gives those that are new, or about something that has changed. */
  replace(events: readonly RaisedEvent[], snapshot: Snapshot): readonly RaisedEvent[] {
    const fresh = this.newOf(events, snapshot);
    this.#known = events.map((event) => shortfallOf(event, snapshot));
    return fresh;
  }

  /** What `replace` would give. */
  newOf(events: readonly RaisedEvent[], snapshot: Snapshot): readonly RaisedEvent[] {
    return events.filter((event) => {
      const shortfall = shortfallOf(event, snapshot);
      return !this.#known.some((known) => isDeepStrictEqual(known, shortfall));
    });
  }
}

/** Of a policy such events are about where it listens, and about what the kernel does there. */
function shortfallOf(event: RaisedEvent, { policies, kernelBlock }: Snapshot): Shortfall {
  const policy = 'policy' in event ? policies.find(({ id }) => id === event.policy) : undefined;
  if (policy === undefined) return { event, about: kernelBlock };
  const { endpoints, unplaced, halfOpenThreshold } = policy;
  return { event, about: { endpoints, unplaced, halfOpenThreshold } };
}
