import { type Common, described, type FieldSchema } from '../field.ts';
import { nameText } from '../key.ts';

/** The name of a row of one of `tables` (paths of config tables). That it exists is for the store to say. */
export function reference({ tables, ...common }: Common & { tables: readonly string[] }): FieldSchema {
  return described(() => nameText(63), {
    ...common,
    kind: 'reference',
    fault: 'invalid-value',
    quoted: true,
    tables,
    expected: `the name of an existing entry of ${tables.join(' or ')}`,
  });
}
