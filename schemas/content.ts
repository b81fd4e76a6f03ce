import type { Scalar } from './field.ts';
import type { RowId } from './row-id.ts';

export type { RowId };

/** A reference to another row: it follows that row through renames. */
export type Link = { readonly target: RowId };

/** What a field holds: one thing, or for a list its items in order. */
export type Content = Item | readonly Item[];

export type Item = Scalar | Link;

export function isLink(content: Content | undefined): content is Link {
  return typeof content === 'object' && 'target' in content;
}

export function isList(content: Content | undefined): content is readonly Item[] {
  return typeof content === 'object' && !isLink(content);
}

/** The one thing that a field holds, or the items of its list. */
export function itemsOf(content: Content | undefined): readonly Item[] {
  if (isList(content)) return content;
  return content === undefined ? [] : [content];
}

/** The rows that a field refers to. */
export function targetsOf(content: Content | undefined): readonly RowId[] {
  if (typeof content !== 'object') return none;
  return itemsOf(content).flatMap((item) => (isLink(item) ? [item.target] : []));
}

const none: readonly RowId[] = [];

export function sameItem(one: Item, other: Item): boolean {
  return isLink(one) && isLink(other) ? one.target === other.target : one === other;
}

export function sameContent(one: Content | undefined, other: Content | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (!isList(one) || !isList(other)) return !isList(one) && !isList(other) && sameItem(one, other);
  return (
    one.length === other.length &&
    one.every((item, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && sameItem(item, counterpart);
    })
  );
}
