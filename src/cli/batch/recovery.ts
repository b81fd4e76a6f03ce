import type { Item, Statement } from '../../../grammar/statement.ts';
import type { Span } from '../../../grammar/word.ts';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { Draft } from '../../store/draft.ts';
import type { Fault, Faults } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';
import { resolvePath } from '../words/resolve.ts';

/** A `config` block that can't be entered is passed over as a whole, up to the `end` that balances it. */
export class Skipping {
  #depth = 0;
  #lines = 0;
  /** The block is left out, and no mistake. */
  isLeftOut = false;

  /** A block is open, and lines of it have gone unread. */
  get hasPassedOver(): boolean {
    return this.#depth > 0 && this.#lines > 0;
  }

  begin(isLeftOut: boolean): void {
    this.isLeftOut = isLeftOut;
    this.#depth = 1;
    this.#lines = 0;
  }

  stop(): void {
    this.#depth = 0;
  }

  passesOver(item: Item): boolean {
    if (this.#depth === 0) return false;
    this.#lines += 1;
    if (isAboutConfig(item)) this.#depth += 1;
    else if (item.verb === 'end') this.#depth -= 1;
    return true;
  }
}

/** A `config` line, even a misspelt or incomplete one: a block begins with it. */
export function isAboutConfig(item: Item): boolean {
  return isAbout(item, 'config');
}

/** An `edit` line, even a misspelt or incomplete one: a row begins with it. */
export function isAboutEdit(item: Item): boolean {
  return isAbout(item, 'edit');
}

function isAbout(item: Item, verb: 'config' | 'edit'): boolean {
  return (
    item.verb === verb ||
    (item.kind === 'problem' && item.problem === 'unknown-verb' && item.candidates[0] === verb)
  );
}

/** A `config` of a top-level table where only sub-tables can be: an `end` is missing before it. */
export function stepsOut(catalogue: Catalogue, levels: Levels, item: Statement): boolean {
  if (item.verb !== 'config') return false;
  const [first] = item.path;
  const sub = levels.top?.kind === 'row' && first !== undefined && levels.top.table.tables.has(first.text);
  return !sub && item.path.length > 1 && !('fault' in resolvePath(catalogue, item.path));
}

export function missingEnd({ verb, span }: Statement): Fault {
  return {
    error: 'wrong-level',
    word: verb,
    span: { ...span, length: verb.length },
    expected: '"end" before it',
  };
}

/** Opens a row that stands for one whose `edit` can't be understood. */
export function openPhantom(levels: Levels): void {
  if (levels.table === undefined) return;
  const { table, parent } = levels.table;
  const draft = new Draft(levels.view);
  levels.openRow({ table, row: draft.create(table.id, parent, ''), draft }, true);
}

/** What a table or field can be called. */
const name = /^[\w.-]+$/;

/** The table or field of a statement, where all that is wrong with it is that nobody knows that name. */
export function unknownName(item: Item, [fault, ...more]: Faults): string | undefined {
  if (fault?.error !== 'unknown-word' || fault.isSurplus || more.length > 0) return undefined;
  if (item.kind === 'problem') return undefined;
  if (!name.test(fault.word)) return undefined;
  if (item.verb === 'config' && contains(item.span, fault.span))
    return item.path.map(({ text }) => text).join(' ');
  return 'field' in item && item.field.span.offset === fault.span?.offset ? item.field.text : undefined;
}

/** Whether an item names what may be unknown: only then is it known once it was tried. */
export function mayBeLeftOut(item: Item): boolean {
  return item.kind === 'statement' && (item.verb === 'config' || 'field' in item);
}

function contains(outer: Span, inner: Span | undefined): boolean {
  return inner !== undefined && inner.offset >= outer.offset && inner.offset < outer.offset + outer.length;
}
