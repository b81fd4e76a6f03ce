import type { RowId } from '../../../schemas/content.ts';
import type { Draft } from '../../store/draft.ts';
import { counted } from '../../text/plural.ts';

/** In one line what a transaction has changed, counted by entries of the top level. */
export function whatWasDone({ added, changed, deleted }: ChangedEntries, revision: number): string {
  const parts = [
    ...(added > 0 ? [`${counted(added, 'entry', 'entries')} added`] : []),
    ...(changed > 0 ? [`${counted(changed, 'entry', 'entries')} changed`] : []),
    ...(deleted > 0 ? [`${counted(deleted, 'entry', 'entries')} deleted`] : []),
  ];
  return [`applied as revision ${revision}`, ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ');
}

export type ChangedEntries = { readonly added: number; readonly changed: number; readonly deleted: number };

/** The entries of the top level that a draft changes, or something in them. */
export function changedEntries(draft: Draft): ChangedEntries {
  const counts = { added: 0, changed: 0, deleted: 0 };
  const within = new Set<RowId>();
  for (const change of draft.changes) {
    if (!draft.alters(change)) continue;
    if (change.parent !== null) within.add(topOf(draft, change.id));
    else counts[change.created ? 'added' : change.deleted ? 'deleted' : 'changed'] += 1;
  }
  for (const top of within) {
    const own = draft.changeOf(top);
    if (own === undefined || !draft.alters(own)) counts.changed += 1;
  }
  return counts;
}

function topOf(draft: Draft, id: RowId): RowId {
  let top = id;
  for (;;) {
    const { parent } = draft.changeOf(top) ?? draft.base.row(top) ?? { parent: null };
    if (parent === null) return top;
    top = parent;
  }
}
