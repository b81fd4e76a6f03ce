import { type RowId, sameContent } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { Failure } from '../../access/secret-key.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row } from '../../store/view.ts';
import { messageOf } from '../../text/reason.ts';
import type { ModelFault, ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';

type Keeper = Pick<Model, 'configuration' | 'secretKey'>;

/** A secret that a draft has to do with: it, or something that it was given for, is changed. */
type Touched = { readonly table: Table; readonly row: Row; readonly field: Field; readonly kept: string };

/**
 * Why a secret of an open row can't be kept, where it would be sent elsewhere than it was given for. Whoever may change
 * the server of a secret need not know it, and would have it sent to a server of their own.
 */
export function misdirectedSecrets(
  keeper: Keeper,
  { table, row, draft }: { readonly table: Table; readonly row: RowId; readonly draft: Draft },
): ModelFaults {
  if (table.sealedFields.length === 0) return [];
  return touchedSecrets(draft, table, row).flatMap((touched) => {
    const settled = settle(keeper, touched);
    return 'sealed' in settled ? [] : [settled.fault];
  });
}

/** Secrets of a draft that is to be committed: what stands against them, by row, and what they are then. */
export type SettledSecrets = {
  readonly faults: readonly (ModelFault & { readonly row: RowId })[];
  readonly sealed: readonly { readonly row: RowId; readonly field: string; readonly text: string }[];
};

/** Seals what a draft has given in clear text for where its rows send it. */
export function settleSecrets(model: Keeper & Pick<Model, 'catalogue'>, draft: Draft): SettledSecrets {
  const tables = new Map(model.catalogue.withSealedFields.map((table) => [table.id, table]));
  const touched = [...draft.changes].flatMap(({ id, table }) => {
    const found = tables.get(table);
    return found === undefined ? [] : touchedSecrets(draft, found, id);
  });
  const settled = touched.map((each) => ({ ...each, outcome: settle(model, each) }));
  return {
    faults: settled.flatMap(({ row, outcome }) =>
      'fault' in outcome ? [{ ...outcome.fault, row: row.id }] : [],
    ),
    sealed: settled.flatMap(({ row, field, kept, outcome }) =>
      'sealed' in outcome && outcome.sealed !== kept
        ? [{ row: row.id, field: field.name, text: outcome.sealed }]
        : [],
    ),
  };
}

function touchedSecrets(draft: Draft, table: Table, id: RowId): readonly Touched[] {
  const row = draft.row(id);
  const changed = draft.changeOf(id)?.fields;
  if (row === undefined || changed === undefined) return [];
  return table.sealedFields.flatMap((field) => {
    const kept = row.fields.get(field.name);
    const isTouched = [field.name, ...givenFor(field)].some((name) => changed.has(name));
    return typeof kept === 'string' && isTouched ? [{ table, row, field, kept }] : [];
  });
}

function settle(
  keeper: Keeper,
  touched: Touched,
): { readonly sealed: string } | { readonly fault: ModelFault } {
  const { table, row, field, kept } = touched;
  try {
    const settled = keeper.secretKey.settle(kept, destinationOf(table, field.name, row.fields));
    if ('sealed' in settled) return settled;
    const stored = keeper.configuration.view.row(row.id);
    return { fault: misdirected(touched, stored, settled.failure) };
  } catch (error) {
    return {
      fault: {
        error: 'operation-failed',
        word: field.name,
        expected: `the key of secrets: ${messageOf(error)}`,
      },
    };
  }
}

/** `stored`: the row as it was saved last. */
function misdirected(
  { table, row, field, kept }: Touched,
  stored: Row | undefined,
  failure: Failure,
): ModelFault {
  const { name } = field;
  const isNew = stored?.fields.get(name) !== kept;
  const others = givenFor(field).filter(
    (other) =>
      isNew ||
      stored === undefined ||
      !sameContent(table.inForce(stored.fields, other), table.inForce(row.fields, other)),
  );
  const reason =
    failure === 'other-key'
      ? 'it is sealed under another key'
      : `it was given for another ${others.join(isNew ? ' or ' : ', ')}`;
  const age = isNew && failure !== 'other-key' ? ', or by an earlier version' : '';
  return { error: 'must-be-set', word: name, expected: `"set ${name}" in clear text, since ${reason}${age}` };
}

function givenFor({ meta }: Field): readonly string[] {
  return meta.givenFor ?? [];
}
