import { concealed } from '../../../schemas/concealed.ts';
import type { RowId } from '../../../schemas/content.ts';
import { longestAscending } from '../ascending.ts';
import { Draft } from '../draft.ts';
import type { Stored } from '../stored.ts';
import type { View } from '../view.ts';
import type { History } from './history.ts';
import type { NetChange } from './net-change.ts';

type Between = Pick<History, 'between'>;

/** Another revision, and what makes the difference: a draft over the one before. */
export type Reached = { readonly past: Past; readonly draft: Draft };

/** The configuration of one revision: changes to what it was at another, or is stored now. */
export class Past {
  readonly revision: number;
  readonly view: View;
  readonly #history: Between;
  readonly #positionOf: (row: RowId) => number;

  private constructor(revision: number, view: View, history: Between, positionOf: (row: RowId) => number) {
    this.revision = revision;
    this.view = view;
    this.#history = history;
    this.#positionOf = positionOf;
  }

  /** What is stored now. */
  static present(stored: Stored, history: Between): Past {
    return new Past(stored.revision, stored, history, (row) => stored.positionOf(row) ?? 0);
  }

  /**
   * Goes to another revision: a draft over this one that makes all the difference. A secret that is another one there is a
   * mark in it, since history holds none.
   */
  *to(revision: number): Generator<undefined, Reached> {
    const net = yield* this.#history.between(this.revision, revision);
    const draft = new Draft(this.view);
    yield* apply(draft, net, revision);
    const positionOf = (row: RowId): number => net.get(row)?.to.position ?? this.#positionOf(row);
    yield* arrange(draft, net, positionOf);
    return { past: new Past(revision, draft, this.#history, positionOf), draft };
  }
}

/** Stands for the secret of a revision. It is another one at each: whether two are the same nobody knows. */
function markOf(revision: number): string {
  return `${concealed} ${revision}`;
}

/** Rows that are changed before others may have a turn. */
const rowsInAStep = 128;

function* apply(
  draft: Draft,
  net: ReadonlyMap<RowId, NetChange>,
  revision: number,
): Generator<undefined, void> {
  // What is held comes after what holds it.
  const changes = [...net.values()].sort((one, other) => depthOf(one) - depthOf(other));
  const steps = [
    ...changes.filter(isGone).map(
      ({ row }) =>
        () =>
          draft.delete(row, noTables),
    ),
    // Names may have swapped places, so all of them step aside before any takes its own.
    ...changes.filter(isRenamed).map(
      ({ row }) =>
        () =>
          draft.rename(row, `\0${row}`),
    ),
    ...changes.filter(isBack).map((change) => () => bringBack(draft, change, revision)),
    ...changes.filter(isRenamed).map(
      ({ row, to }) =>
        () =>
          draft.rename(row, to.key ?? ''),
    ),
    ...changes.filter(stays).map((change) => () => setFields(draft, change, revision)),
  ];
  for (const [index, step] of steps.entries()) {
    step();
    if (index % rowsInAStep === 0) yield;
  }
}

function noTables(): readonly string[] {
  return [];
}

function depthOf({ path }: NetChange): number {
  return path.split(' ').length;
}

function isGone({ from, to }: NetChange): boolean {
  return from.key !== null && to.key === null;
}

function isBack({ from, to }: NetChange): boolean {
  return from.key === null && to.key !== null;
}

function stays({ from, to }: NetChange): boolean {
  return from.key !== null && to.key !== null;
}

function isRenamed(change: NetChange): boolean {
  return stays(change) && change.from.key !== change.to.key;
}

function bringBack(draft: Draft, change: NetChange, revision: number): void {
  const { row, path, parent, to } = change;
  draft.revive(row, path, parent, to.key ?? '');
  setFields(draft, change, revision);
}

function setFields(draft: Draft, { row, fields }: NetChange, revision: number): void {
  for (const [field, [, content]] of fields)
    draft.set(row, field, content === concealed ? markOf(revision) : content);
}

/** Puts the rows in order that stand elsewhere there, or have come back between others. */
function* arrange(
  draft: Draft,
  net: ReadonlyMap<RowId, NetChange>,
  positionOf: (row: RowId) => number,
): Generator<undefined, void> {
  const touched = [...net.values()].filter(
    (change) => change.to.key !== null && (isBack(change) || change.from.position !== change.to.position),
  );
  for (const [{ path, parent } = {}] of Map.groupBy(touched, scopeOf).values()) {
    if (path === undefined || parent === undefined) continue;
    const now = draft.rows(path, parent).map(({ id }) => id);
    const place = new Map(now.map((id, index) => [id, index]));
    const wanted = [...now].sort((one, other) => positionOf(one) - positionOf(other));
    const staying = longestAscending(wanted.map((id) => place.get(id) ?? 0));
    if (staying.size < wanted.length)
      draft.arrange(
        path,
        parent,
        wanted,
        wanted.filter((_, index) => !staying.has(index)),
      );
    yield;
  }
}

function scopeOf({ path, parent }: NetChange): string {
  return `${path} ${parent}`;
}
