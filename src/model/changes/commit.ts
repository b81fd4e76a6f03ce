import type { RowId } from '../../../schemas/content.ts';
import { mayDoEverything, readsFiles } from '../../access/permissions.ts';
import type { Conflict } from '../../store/conflicts.ts';
import type { Draft, RowChange } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { CommitOptions, CommitReply, Rejection } from '../../system/configuration.ts';
import { counted } from '../../text/plural.ts';
import { quote } from '../../text/quote.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { missingPermission, unwritable } from '../permission.ts';
import { type SettledSecrets, settleSecrets } from '../values/sealed-secrets.ts';

/** Why a draft is not committed; `row`: the row that stands against it, where that is one. */
export type CommitFault = ModelFault & { readonly row?: RowId };

export type Commit = Omit<CommitReply, 'rejections'> & { readonly faults: readonly CommitFault[] };

/**
 * Saves and applies a draft as one revision, or nothing of it. Its author must still be allowed each change that it
 * makes: that they were when they made it says nothing of now.
 */
export function commit(model: Model, draft: Draft, options: CommitOptions = {}): Commit {
  const forbidden = forbiddenChanges(model, draft);
  const secrets = settleSecrets(model, draft);
  const faults = [...forbidden, ...secrets.faults];
  if (faults.length > 0) return { revision: null, faults, notices: [], applied: Promise.resolve([]) };
  const { configuration, author } = model;
  const restore = seal(draft, secrets);
  const { rejections, ...reply } = configuration.commit(draft, author, options);
  if (rejections.length > 0) restore();
  return { ...reply, faults: rejections.map(commitFault) };
}

/** Puts sealed secrets into a draft; the returned function puts back what was there, since the draft can be changed on. */
function seal(draft: Draft, { sealed }: SettledSecrets): () => void {
  const before = sealed.map(({ row, field }) => ({ row, field, text: draft.row(row)?.fields.get(field) }));
  for (const { row, field, text } of sealed) draft.set(row, field, text);
  return () => {
    for (const { row, field, text } of before) draft.set(row, field, text);
  };
}

/** What stands against committing a draft now. */
export function check(model: Model, draft: Draft): readonly CommitFault[] {
  const faults = [...forbiddenChanges(model, draft), ...settleSecrets(model, draft).faults];
  return faults.length > 0 ? faults : model.configuration.check(draft).map(commitFault);
}

/** What a draft changes that its author may not change now; each area once, and each field that names a file. */
function forbiddenChanges(model: Model, draft: Draft): readonly CommitFault[] {
  const tables = new Set(
    [...draft.changes].filter((change) => draft.alters(change)).map(({ table }) => table),
  );
  const areas = new Map(
    [...tables].map((id) => model.catalogue.tableOf(id)).map((table) => [table.area, table]),
  );
  return [
    ...[...areas.values()].flatMap((table) => unwritable(model, table) ?? []),
    ...filesNamed(model, draft),
    ...reachingAll(model, draft),
  ];
}

/** What a draft changes by which everything can be changed, where its author may not do that. */
function reachingAll({ catalogue, configuration, permissions }: Model, draft: Draft): readonly CommitFault[] {
  if (mayDoEverything(permissions)) return [];
  const isEnabled = ({ view }: { readonly view: View }, row: RowId, field: string): boolean =>
    view.row(row)?.fields.get(field) === 'enable';
  return [...draft.changes].flatMap((change) => {
    if (!draft.alters(change)) return [];
    const row = topOf(draft, change);
    const fields = catalogue.topOf(catalogue.tableOf(change.table)).fields.values();
    const enabled = [...fields].find(
      ({ name, meta }) =>
        meta.reachesAll === true &&
        (isEnabled(configuration, row, name) || isEnabled({ view: draft }, row, name)),
    );
    if (enabled === undefined) return [];
    const expected = `"rw" on everything in your access profile, with ${enabled.name} enable`;
    return [{ error: 'permission', word: enabled.name, row: change.id, expected }];
  });
}

/** The top-level row that holds it, or is it. */
function topOf(draft: Draft, { id, parent }: Pick<RowChange, 'id' | 'parent'>): RowId {
  if (parent === null) return id;
  const above = draft.row(parent) ?? draft.base.row(parent);
  return above === undefined ? parent : topOf(draft, above);
}

/** Files that a draft newly names, where its author may have none by name: what opens them tells what there is. */
function filesNamed(model: Model, draft: Draft): readonly CommitFault[] {
  const missing = missingPermission(model, readsFiles);
  if (missing === undefined) return [];
  return [...draft.changes].flatMap(({ id, table, deleted, fields }) =>
    [...fields].flatMap(([name, content]) => {
      const { namesFile } = model.catalogue.tableOf(table).fields.get(name)?.meta ?? {};
      const isNew = content !== model.configuration.view.row(id)?.fields.get(name);
      if (deleted || namesFile !== true || content === undefined || !isNew) return [];
      return [{ ...missing, row: id, expected: `${missing.expected}, to set ${name}` }];
    }),
  );
}

/** Takes the new entries out of a draft again that can't stand beside the others; gives why. */
export function leaveOutObjected(model: Model, draft: Draft): readonly CommitFault[] {
  const leftOut: CommitFault[] = [];
  for (;;) {
    const objected = check(model, draft).flatMap((fault) =>
      fault.row !== undefined && fault.row < 0 ? [{ fault, row: fault.row }] : [],
    );
    if (objected.length === 0) return leftOut;
    for (const { fault, row } of objected) {
      leftOut.push(fault);
      draft.delete(row, model.catalogue.subTablesOf);
    }
  }
}

function commitFault(rejection: Rejection): CommitFault {
  if (rejection.kind === 'not-saved') {
    return { error: 'not-saved', word: '', expected: `${rejection.reason}; nothing has changed` };
  }
  if (rejection.kind === 'unconfirmed') {
    const { revision, by, within } = rejection;
    const minutes = counted(Math.ceil(within / 60_000), 'minute');
    const expected = `"execute config-transaction confirm" of ${quote(by)} before it; else it is taken back within ${minutes}`;
    return { error: 'unconfirmed', word: String(revision), expected };
  }
  if (rejection.kind === 'held') {
    const { by, reason } = rejection;
    return { error: 'held', word: by, expected: `to wait: ${reason}` };
  }
  if (rejection.kind === 'objection') {
    const { error, row, name, reason } = rejection.objection;
    return { error, row, word: name, expected: reason };
  }
  return conflictFault(rejection.conflict);
}

const whatWasDone: Readonly<Record<Conflict['what'], string>> = {
  changed: 'changed it',
  renamed: 'renamed it',
  moved: 'moved it',
  deleted: 'deleted it',
  created: 'created it',
  'in-use': 'made use of it',
};

function conflictFault({ table, key, formerly, field, what, author }: Conflict): CommitFault {
  const who = author === '' ? 'someone else' : author;
  const opened = formerly === undefined ? '' : ` (${quote(formerly)} when you opened it)`;
  const entry = key === '' ? table : `${table} ${quote(key)}${opened}`;
  const subject = field === undefined ? entry : `${entry}, ${field}`;
  return {
    error: 'conflict',
    word: field ?? formerly ?? key,
    expected: `${subject}: ${who} ${whatWasDone[what]} since you opened it; "abort", look at it and enter it again`,
  };
}
