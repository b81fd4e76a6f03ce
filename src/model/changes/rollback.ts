import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Content } from '../../../schemas/content.ts';
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

/** Secrets, and what else lets somebody in, are never taken back: what lives keeps its own, and what returns has none. Gives what is to be set again. */
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
  const kept: Content | undefined = before?.fields.get(name);
  if (draft.changeOf(id)?.fields.has(name)) draft.set(id, name, kept);
  if (meta.secret !== 'reversible' || before === undefined || kept === undefined) return undefined;
  if (destinationOf(table, name, before.fields) === destinationOf(table, name, fields)) return undefined;
  draft.set(id, name, undefined);
  return `${name} is to be set again, since it was given for another ${(meta.givenFor ?? []).join(', ')}`;
}
