import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Texts by their path from the root of the project: the pages on scripts, and the README. */
export const pages: ReadonlyMap<string, string> = new Map(
  ['README.md', ...readdirSync(join(root, 'docs', 'scripting')).map((name) => `docs/scripting/${name}`)].map(
    (path) => [path, readFileSync(join(root, path), 'utf8')],
  ),
);

type Scene = {
  /** Clients that connect one after the other, and stay until the last one has. */
  readonly clients: number;
  /** They say nothing, and stay until they are cut off. */
  readonly silent: boolean;
  /** They stay until they are cut off. */
  readonly stays: boolean;
  /** Other systems can't do this. */
  readonly linux: boolean;
};

/** A script of a page, and what came of it according to the page. */
export type Example = Scene & {
  readonly page: string;
  readonly code: string;
  /** Null: the page does not say. */
  readonly expected: readonly string[] | null;
};

const usual: Scene = { clients: 1, silent: false, stays: false, linux: false };

/** What a page says before a script whose scene is not the usual one. */
const scenes: Readonly<Record<string, Scene>> = {
  'With three clients, one after the other:': { ...usual, clients: 3 },
  'With a client that stays:': { ...usual, stays: true },
  'With a client that says nothing:': { ...usual, silent: true },
  'On Linux:': { ...usual, linux: true },
};

const example = /^([^\n]*)\n\n```lua\n(.*?)^```$(?:\n\n```text\n(.*?)\n```$)?/gms;

export function examplesIn(page: string, text: string): readonly Example[] {
  return [...text.matchAll(example)].map(([, before = '', code = '', expected]) => ({
    ...(scenes[before] ?? usual),
    page,
    code,
    expected: expected?.split('\n') ?? null,
  }));
}
