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
  for (const { path, keys, kind, fields } of changes) {
    const common = { ...actor, revision, path, keys, change: kind };
    const touched = Object.entries(fields);
    const wanted = Math.max(1, touched.length);
    if (events.length + wanted > mostChanges) {
      more += wanted;
    } else if (touched.length === 0) {
      events.push(configurationChanged({ ...common, field: null, old: '', new: '' }));
    } else {
      for (const [field, [before, after]] of touched) {
        const change = kind === 'renamed' && field !== 'name' ? 'changed' : kind;
        events.push(
          configurationChanged({ ...common, change, field, old: valueText(before), new: valueText(after) }),
        );
      }
    }
  }
  return more === 0 ? events : [...events, configurationChangedMore({ ...actor, revision, changes: more })];
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const characters = [...text];
  if (characters.length <= longestValue) return text;
  return `${characters.slice(0, longestValue).join('')}... (${characters.length} characters)`;
}
