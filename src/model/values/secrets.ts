import { readNewToken } from '../../access/api-token.ts';
import { readNewPassword } from '../../access/new-password.ts';
import { readNewSecret } from '../../access/new-secret.ts';
import { messageOf } from '../../text/reason.ts';
import { accepted, type ModelFault, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import type { OpenRow } from '../rows/open-row.ts';

/** Hashing takes its time, on a thread of its own. */
export async function setPassword(
  open: OpenRow,
  field: string,
  values: readonly string[],
): Promise<ModelFaults> {
  const reading = await readNewPassword(values, open.draft.row(open.row)?.key ?? '');
  if (!('record' in reading)) return refuse(values, reading);
  open.draft.set(open.row, field, reading.record);
  return accepted;
}

/** A token of a program. */
export function setToken(open: OpenRow, field: string, values: readonly string[]): ModelFaults {
  const reading = readNewToken(values);
  if (!('record' in reading)) return refuse(values, reading);
  open.draft.set(open.row, field, reading.record);
  return accepted;
}

/** A secret that can be had back. */
export function setReversible(
  { secretKey }: Pick<Model, 'secretKey'>,
  open: OpenRow,
  field: string,
  values: readonly string[],
): ModelFaults {
  try {
    const { longestSecret = 0, secretForm } = open.table.fields.get(field)?.meta ?? {};
    const reading = readNewSecret(values, secretKey, longestSecret, secretForm);
    if (!('sealed' in reading)) return refuse(values, reading);
    open.draft.set(open.row, field, reading.sealed);
    return accepted;
  } catch (error) {
    // No argument: it would be concealed like all that stands behind the name of the field.
    return [{ error: 'operation-failed', word: '', expected: `the key of secrets: ${messageOf(error)}` }];
  }
}

type Refusal = Pick<ModelFault, 'error' | 'expected'> & { readonly index: number };

function refuse(values: readonly string[], { error, index, expected }: Refusal): ModelFaults {
  return [{ error, word: values[index] ?? '', argument: index, expected }];
}
