import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { unwritable } from '../permission.ts';
import type { OpenRow } from '../rows/open-row.ts';
import { fieldNamed, readItem } from '../values/fields.ts';
import { setScript } from '../values/scripts.ts';
import { setPassword, setReversible, setToken } from '../values/secrets.ts';
import { select } from './lists.ts';

/**
 * Gives a field of an open row a value; a list all of them. A secret is given in clear text, or as `ENC` and the form in
 * which it is kept. Only passwords and scripts take time.
 */
export function set(
  model: Model,
  open: OpenRow,
  name: string,
  values: readonly string[],
): ModelFaults | Promise<ModelFaults> {
  const forbidden = unwritable(model, open.table);
  if (forbidden !== undefined) return [forbidden];
  const field = fieldNamed(open.table, name);
  if ('fault' in field) return [field.fault];
  const { meta } = field;
  if (meta.secret === 'password') return setPassword(open, name, values);
  if (meta.secret === 'token') return setToken(open, name, values);
  if (meta.secret === 'reversible') return setReversible(model, open, name, values);
  if (meta.list !== undefined) return select(model, open, name, values);
  const [value, superfluous] = values;
  if (value === undefined) return [{ error: 'incomplete', word: '', argument: 0, expected: meta.expected }];
  const reading = readItem(model, open.draft, field, value, 0);
  if ('fault' in reading) return [reading.fault];
  if (superfluous !== undefined) {
    const expected = `one word: ${meta.expected}`;
    return [{ error: 'unknown-word', word: superfluous, argument: 1, expected }];
  }
  if (meta.kind === 'script') return setScript(model, open, name, value, String(reading.item));
  open.draft.set(open.row, name, reading.item);
  return accepted;
}

/** Puts a field of an open row back to its default. */
export function unset(model: Model, open: OpenRow, name: string): ModelFaults {
  const forbidden = unwritable(model, open.table);
  if (forbidden !== undefined) return [forbidden];
  const field = fieldNamed(open.table, name);
  if ('fault' in field) return [field.fault];
  open.draft.set(open.row, name, undefined);
  return accepted;
}
