import * as administration from './administration.ts';
import * as cluster from './cluster.ts';
import type { Description } from './descriptor.ts';
import * as doors from './doors.ts';
import * as kernel from './kernel.ts';
import * as lifecycle from './lifecycle.ts';
import * as listeners from './listeners.ts';
import * as logs from './logs.ts';
import * as members from './members.ts';
import * as revisions from './revisions.ts';
import * as scripts from './scripts.ts';
import * as sharedConfiguration from './shared-configuration.ts';
import * as workers from './workers.ts';

/** All that the modules of this folder define: a new module needs its line here, a new event none. */
const descriptors = [
  ...Object.values(administration),
  ...Object.values(cluster),
  ...Object.values(doors),
  ...Object.values(kernel),
  ...Object.values(lifecycle),
  ...Object.values(listeners),
  ...Object.values(logs),
  ...Object.values(members),
  ...Object.values(revisions),
  ...Object.values(scripts),
  ...Object.values(sharedConfiguration),
  ...Object.values(workers),
];
const byType = new Map(descriptors.map((descriptor) => [descriptor.type, descriptor]));

/** Something that has happened, as whoever saw it raises it: plain data, which also crosses from a worker. */
export type RaisedEvent = ReturnType<(typeof descriptors)[number]>;

type Named<Raised> = { readonly [Key in keyof Raised]: Key extends 'policy' ? string : Raised[Key] };

/** Something that has happened, where a policy has its name. */
export type Event = Named<RaisedEvent>;

/** `nameOf`: the name of the policy with a row id. */
export function named(event: RaisedEvent, nameOf: (policy: number) => string): Event {
  if (!('policy' in event)) return event;
  const { policy } = event;
  return { ...event, policy: typeof policy === 'number' ? nameOf(policy) : policy };
}

/** What is recorded of an event. */
export function describe(event: Event): Description {
  const descriptor = byType.get(event.type);
  if (descriptor === undefined) throw new Error(`no event has type ${event.type}`);
  return descriptor.describe(event);
}

/** Every key that a detail can have. */
export const detailKeys: ReadonlySet<string> = new Set(descriptors.flatMap(({ keys }) => keys));
