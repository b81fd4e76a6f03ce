import type { Word } from '../../../grammar/word.ts';
import type { Table } from '../../../schemas/table.ts';
import { unreadable } from '../../model/permission.ts';
import { findRow } from '../../model/rows/keys.ts';
import { type Fault, superfluous } from '../faults/problem.ts';
import { atWord } from '../faults/spanned.ts';
import type { Context } from '../session/context.ts';
import { resolvePath } from '../words/resolve.ts';
import type { Focus } from './show.ts';

/** What `show` and `get` are about: a place inside a top-level table, or, without one, everything. */
export type Target = { readonly top?: Table; readonly focus?: Focus };

/** The place that `[PATH [KEY]]` names, as at the root, or the one where the session stands. `others` as in `resolvePath`. */
export function pathTarget(
  context: Context,
  path: readonly Word[],
  others?: (known: readonly string[]) => readonly string[],
): Target | { readonly fault: Fault } {
  const { levels, model } = context;
  const { catalogue } = model;
  const [first] = path;
  if (levels.top !== undefined && first === undefined) {
    const { table } = levels.top;
    const forbidden = unreadable(model, table);
    if (forbidden !== undefined) return { fault: forbidden };
    return { top: catalogue.topOf(table), focus: { table, rows: levels.rows } };
  }
  if (first === undefined) return {};
  const resolved = resolvePath(catalogue, path, others);
  if ('fault' in resolved) return resolved;
  const { table, rest } = resolved.found;
  const forbidden = unreadable(model, table);
  if (forbidden !== undefined) return { fault: { ...forbidden, span: first.span } };
  const [key, extra] = rest;
  if (key === undefined) return { top: table, focus: { table, rows: [] } };
  if (table.key === undefined) return { fault: superfluous(key) };
  if (extra !== undefined) return { fault: superfluous(extra) };
  const found = findRow(model, levels.view, { table, parent: null }, key.text);
  return 'fault' in found
    ? { fault: atWord(found.fault, { key }) }
    : { top: table, focus: { table, rows: [found.id] } };
}
