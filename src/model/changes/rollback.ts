import type { Catalogue } from '../../../schemas/catalogue.ts';
import { type Content, type Item, itemsOf, sameContent, sameItem } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import { decoyRecord } from '../../access/password.ts';
import type { Draft, RowChange } from '../../store/draft.ts';
import { misfitOfRow } from '../../store/fit.ts';
import type { Row } from '../../store/view.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { describeRow } from '../rows/describe-row.ts';
import { ofOneRevision } from './of-one-revision.ts';

/** What becomes of a configuration that goes back to a revision. */
export type Rollback = {
  readonly draft: Draft;
  /** What does not come back as it was, for a person. */
  readonly remarks: readonly string[];
};

/** The draft that brings a revision back, which must be kept. It is to be committed before anything else is. */
export async function rollback(
  model: Model,
  revision: number,
): Promise<Rollback | { readonly fault: ModelFault }> {
  const { configuration } = model;
  const { draft } = await ofOneRevision(configuration, () => configuration.present.to(revision));
  const remarks = keepSecrets(model.catalogue, draft);
  for (const { id } of draft.changes) {
    const row = draft.row(id);
    const misfit = row && misfitOfRow(model.catalogue, draft, row);
    if (misfit !== undefined) {
      const expected = `a revision that this Levee can run: ${misfit}`;
      return { fault: { error: 'operation-failed', word: `revision ${revision} does not fit`, expected } };
    }
  }
  return { draft, remarks };
}

/**
 * Secrets, and what else lets somebody in, are never taken back: what lives keeps its own, and what returns has none.
 * Of a list stays what was there then and is there now: what was added since lets in no longer, as everything that was
 * added goes. Gives what is to be set again, or is not as it was.
 */
export function keepSecrets(catalogue: Catalogue, draft: Draft): string[] {
  return [...draft.changes].flatMap((change) => secretsOf(catalogue, draft, change));
}

function secretsOf(catalogue: Catalogue, draft: Draft, change: RowChange): string[] {
  const { id, created, deleted } = change;
  const table = catalogue.anyTable(change.table);
  const row = draft.row(id);
  if (deleted || table === undefined || row === undefined) return [];
  const secrets = [...table.fields.values()].filter(
    ({ meta }) => meta.secret !== undefined || meta.credential === true,
  );
  return secrets.flatMap((field) => {
    const remark = created
      ? withoutSecret(draft, row, field)
      : keptSecret(draft, row, table, field, draft.base.row(id));
    return remark === undefined ? [] : [`${describeRow(catalogue, draft, id)}: ${remark}`];
  });
}

function withoutSecret(draft: Draft, { id, fields }: Row, { name, meta }: Field): string | undefined {
  if (meta.secret === 'password') {
    // An account without any password would let whoever owns the state directory in.
    draft.set(id, name, decoyRecord());
    return 'nobody can log in until it is given a new password';
  }
  if (!fields.has(name)) return undefined;
  draft.set(id, name, undefined);
  return `${name} is to be set again`;
}

function keptSecret(
  draft: Draft,
  { id, fields }: Row,
  table: Table,
  { name, meta }: Field,
  before: Row | undefined,
): string | undefined {
  const present: Content | undefined = before?.fields.get(name);
  const past = draft.changeOf(id)?.fields;
  const wanted = past?.get(name);
  const kept = meta.list === undefined ? present : inBoth(itemsOf(wanted), itemsOf(present));
  const isTouched = past?.has(name) === true;
  if (isTouched) draft.set(id, name, kept);
  const remark = !isTouched || sameContent(kept, wanted) ? undefined : remarkOf(name, meta);
  if (meta.secret !== 'reversible' || before === undefined || kept === undefined) return remark;
  if (destinationOf(table, name, before.fields) === destinationOf(table, name, fields)) return remark;
  draft.set(id, name, undefined);
  return `${name} is to be set again, since it was given for another ${(meta.givenFor ?? []).join(', ')}`;
}

/** Undefined: nothing is. */
function inBoth(past: readonly Item[], present: readonly Item[]): readonly Item[] | undefined {
  const both = present.filter((item) => past.some((other) => sameItem(item, other)));
  return both.length === 0 ? undefined : both;
}

function remarkOf(name: string, { list }: Field['meta']): string {
  return list === undefined
    ? `${name} stays what it is now`
    : `what was taken out of ${name} since is to be set again`;
}
