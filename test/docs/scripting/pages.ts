import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Texts by their path from the root of the project: the pages on scripts, and the README. */
export const pages: ReadonlyMap<string, string> = new Map(
  ['README.md', ...readdirSync(join(root, 'docs', 'scripting')).map((name) => `docs/scripting/${name}`)].map(
    (path) => [path, readFileSync(join(root, path), 'utf8')],
  ),
);

/** A script of a page, and what came of it according to the page. */
export type Example = {
  readonly page: string;
  readonly code: string;
  /** Clients that connect one after the other, and stay until the last one has. */
  readonly clients: number;
  /** They say nothing, and stay until they are cut off. */
  readonly silent: boolean;
  /** They stay until they are cut off. */
  readonly stays: boolean;
  /** Other systems can't do this. */
  readonly linux: boolean;
  /** Null: the page does not say. */
  readonly expected: readonly string[] | null;
};

/** Just after the fence stands what is not as usual: `silent`, `stays`, `linux`, `clients=3`. */
const EXAMPLE = /^```lua([^\n]*)\n(.*?)^```$(?:\n\n```text\n(.*?)\n```$)?/gms;

export const examplesIn = (page: string, text: string): readonly Example[] =>
  [...text.matchAll(EXAMPLE)].map(([, words = '', code = '', expected]) => ({
    page,
    code,
    clients: Number(/ clients=(\d+)/.exec(words)?.[1] ?? 1),
    silent: / silent\b/.test(words),
    stays: / stays\b/.test(words),
    linux: / linux\b/.test(words),
    expected: expected?.split('\n') ?? null,
  }));
