import { configurationChanged, configurationChangedMore } from '../../events/administration.ts';
import type { Actor } from '../../events/descriptor.ts';
import type { Event } from '../../events/events.ts';

/** A change of the configuration as the store records it; a field with what it held before and holds now. */
export type RecordedFields = {
  readonly path: string;
  readonly keys: readonly string[];
  readonly kind: 'created' | 'changed' | 'deleted' | 'renamed' | 'moved';
  readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
};

/** Lines that one revision may have: an import of 100,000 rows must not push everything else out of the log. */
const mostChanges = 200;

/** Characters of a value that a line shows: a script or a list in full is in the revision. */
const longestValue = 200;

/** The events of one revision. */
export function configurationEvents(
  actor: Actor,
  revision: number,
  changes: readonly RecordedFields[],
): Event[] {
  const events: Event[] = [];
  let more = 0;
  for (const change of changes) {
    const wanted = Math.max(1, Object.keys(change.fields).length);
    if (events.length + wanted > mostChanges) more += wanted;
    else events.push(...eventsOf(actor, revision, change));
  }
  return more === 0 ? events : [...events, configurationChangedMore({ ...actor, revision, changes: more })];
}

/** An event for each field that was touched; at least one. */
function eventsOf(actor: Actor, revision: number, { path, keys, kind, fields }: RecordedFields): Event[] {
  const common = { ...actor, revision, path, keys, change: kind };
  const touched = Object.entries(fields);
  if (touched.length === 0) return [configurationChanged({ ...common, field: null, old: '', new: '' })];
  return touched.map(([field, [before, after]]) => {
    const change = kind === 'renamed' && field !== 'name' ? 'changed' : kind;
    return configurationChanged({ ...common, change, field, old: valueText(before), new: valueText(after) });
  });
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const characters = [...text];
  if (characters.length <= longestValue) return text;
  return `${characters.slice(0, longestValue).join('')}... (${characters.length} characters)`;
}
