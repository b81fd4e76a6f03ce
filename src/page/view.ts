import type { ComponentChildren } from 'preact';
import type { Topic } from './messages.ts';

/** What is asked of the permissions of whoever looks or acts. */
export type Requirement = { readonly area: string; readonly access: 'r' | 'w' };

export type ViewProps = {
  /** What stands behind `?` in the address: `#/sources?policy=web`. */
  readonly query: URLSearchParams;
};

/** One view. A file in `views/` with such a default export is all that it takes. */
export type View = {
  readonly title: string;
  /** In the address: `#/now`. */
  readonly path: string;
  /** Where it stands among the others, and the key that leads to it. */
  readonly position: number;
  /** What it needs of what is live; `measured` always comes. */
  readonly topics: readonly Topic[];
  /** Without it there is no such view. Null: anybody has it. */
  readonly requires: Requirement | null;
  readonly Body: (props: ViewProps) => ComponentChildren;
};
