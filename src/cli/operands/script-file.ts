import type { Word } from '../../../grammar/word.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { Model } from '../../model/model.ts';
import type { ScriptProblem } from '../../system/script-check.ts';
import type { Faults } from '../faults/problem.ts';
import { scriptFileFaults } from '../faults/script-faults.ts';
import type { Context } from '../session/context.ts';

const path = 'server-policy scripting';
const script = 'script';

/** The table of scripts, and its field that holds the text. */
export function scriptTable({ catalogue }: Pick<Model, 'catalogue'>): { table: Table; field: Field } {
  const table = catalogue.get(path);
  const field = table.fields.get(script);
  if (field === undefined) throw new Error(`${path} has no ${script}`);
  return { table, field };
}

export type ReadScript = { readonly text: string; readonly warnings: readonly ScriptProblem[] };

/** The script in a file of the client's, as its field would hold it; or what is wrong with it. */
export async function readScriptFile(
  context: Context,
  file: Word,
): Promise<ReadScript | { readonly faults: Faults }> {
  const { field } = scriptTable(context.model);
  const given = await context.client.readFile(file, field.meta.longest ?? 0);
  if ('fault' in given) return { faults: [given.fault] };
  const { source } = given;
  const reading = field.read(source.text);
  if ('fault' in reading) {
    const expected = source.text === '' ? 'it is empty' : `not ${reading.expected}`;
    const fault = {
      error: 'operation-failed',
      word: `can't read '${file.text}'`,
      span: file.span,
      expected,
    } as const;
    return { faults: [fault] };
  }
  const text = String(reading.value);
  const { faults, warnings } = await scriptFileFaults(context.model.checkScript, text, source);
  return faults.length > 0 ? { faults } : { text, warnings };
}
