import type { Word } from './word.ts';

/** What statements of a shape hold besides their verb. */
export type Parts = {
  readonly alone: unknown;
  readonly table: { readonly path: readonly Word[] };
  readonly key: { readonly key: Word };
  readonly field: { readonly field: Word };
  readonly values: { readonly field: Word; readonly values: readonly Word[] };
  readonly pair: { readonly from: Word; readonly to: Word };
  readonly move: { readonly key: Word; readonly side: 'before' | 'after'; readonly other: Word };
  readonly path: Piped & { readonly path: readonly Word[] };
  readonly show: Piped & { readonly path: readonly Word[]; readonly full: boolean };
  readonly command: Piped & { readonly words: readonly Word[] };
};

/** The words after each `|`. */
type Piped = { readonly pipes: readonly (readonly [Word, ...Word[]])[] };

export type Shape = keyof Parts;

/** Shapes whose output can be piped; in every other `|` is data. */
const pipedShapes: ReadonlySet<Shape> = new Set(['path', 'show', 'command']);

/** Every verb of the language, at whatever level it is valid, with the shape of its statements. */
export const shapes = {
  config: 'table',
  edit: 'key',
  set: 'values',
  unset: 'field',
  append: 'values',
  unselect: 'values',
  select: 'values',
  clear: 'field',
  next: 'alone',
  end: 'alone',
  abort: 'alone',
  delete: 'key',
  purge: 'alone',
  rename: 'pair',
  clone: 'pair',
  move: 'move',
  get: 'path',
  show: 'show',
  tree: 'path',
  execute: 'command',
  diagnose: 'command',
  exit: 'alone',
} as const satisfies Readonly<Record<string, Shape>>;

export type Verb = keyof typeof shapes;

/** The verbs of a shape. */
export type VerbOf<S extends Shape> = { [V in Verb]: (typeof shapes)[V] extends S ? V : never }[Verb];

export const verbs: readonly Verb[] = Object.keys(shapes).filter((name): name is Verb => name in shapes);

/** Whether what a verb shows can be piped. */
export function isPiped(verb: Verb): boolean {
  return pipedShapes.has(shapes[verb]);
}

/** Whether a word is a verb that is spelled out in full, at whatever level it is valid. */
export function isVerb(word: string): word is Verb {
  return verbOf(word) !== undefined;
}

const byWord: ReadonlyMap<string, Verb> = new Map(verbs.map((verb) => [verb, verb]));

/** The verb that a word is, spelled out in full. As a key of an object every word would be entered among all names. */
export function verbOf(word: string): Verb | undefined {
  return byWord.get(word);
}

export function verbsOf<S extends Shape>(shape: S): readonly VerbOf<S>[] {
  return verbs.filter((verb): verb is VerbOf<S> => shapes[verb] === shape);
}
