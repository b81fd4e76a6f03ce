import { concealed } from '../../../schemas/concealed.ts';
import { isLink } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Field } from '../../../schemas/table.ts';
import { verifyPassword } from '../../access/password.ts';
import { clear } from '../../model/changes/lists.ts';
import { set, unset } from '../../model/changes/set.ts';
import { accepted, type ModelFault, type ModelFaults } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import type { OpenRow } from '../../model/rows/open-row.ts';

/** Gives a field of an open row the value that a program names; null puts it back to its default. */
export async function writeField(
  model: Model,
  open: OpenRow,
  field: Field,
  value: unknown,
): Promise<ModelFaults> {
  const { name, meta } = field;
  if (value === null) return unset(model, open, name);
  if (meta.list !== undefined) {
    if (!Array.isArray(value)) return [notOfType(value, `a list: each ${meta.expected}`)];
    if (value.length === 0) return clear(model, open, name);
    const texts = value.map(textOf);
    const wrong = texts.indexOf(undefined);
    if (wrong >= 0) return [notOfType(value[wrong], meta.expected)];
    return await set(
      model,
      open,
      name,
      texts.flatMap((text) => text ?? []),
    );
  }
  const text = textOf(value);
  if (text === undefined) return [notOfType(value, meta.expected)];
  if (meta.secret === undefined) return await set(model, open, name, [text]);
  if (text === concealed || (await isPresentSecret(model, open, field, text))) return accepted;
  return await set(model, open, name, secretWords(text));
}

/** The words that a secret is set by: what `show` prints of one is two of them. */
function secretWords(text: string): readonly string[] {
  const [, kept] = /^ENC (\S+)$/.exec(text) ?? [];
  return kept === undefined ? [text] : ['ENC', kept];
}

/** Whether a clear text is that of the secret which is there: to seal or hash it anew would be no change. */
async function isPresentSecret(
  { secretKey }: Model,
  { table, row, draft }: OpenRow,
  { name, meta }: Field,
  text: string,
): Promise<boolean> {
  const fields = draft.row(row)?.fields;
  const kept = fields?.get(name);
  if (fields === undefined || kept === undefined || typeof kept !== 'string' || isLink(kept)) return false;
  if (meta.secret === 'password') return await verifyPassword(text, kept);
  if (meta.secret !== 'reversible') return false;
  const opened = secretKey.open(kept, destinationOf(table, name, fields));
  return 'clearText' in opened && opened.clearText === text;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function notOfType(value: unknown, expected: string): ModelFault {
  const word = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a value of type ${typeof value}`;
  return { error: 'invalid-value', word, expected };
}
