import type { Reading, SourceRow } from './reading.ts';
import type { ScriptSnapshot } from './snapshot.ts';

/** The scripts of a policy in the order of its list; none while its scripting is disabled. */
export function compileScripts(reading: Reading, policy: SourceRow): readonly ScriptSnapshot[] {
  if (!reading.isEnabled(policy, 'scripting')) return [];
  return reading
    .targets(policy, 'scripting-list')
    .map((row) => ({ id: row.id, name: row.key, text: reading.text(row, 'script') }));
}
