/** What may follow the words of an operation. */
export type Shape =
  | { readonly kind: 'word'; readonly word: string }
  /** Null: it has no name, or any number will do. */
  | { readonly kind: 'value'; readonly name: string | null; readonly range: Range | null }
  /** One of some sequences, or nothing. */
  | { readonly kind: 'choice'; readonly of: readonly Sequence[]; readonly isOptional: boolean }
  /** As often as one likes. */
  | { readonly kind: 'more' };

export type Range = { readonly minimum: number; readonly maximum: number };

/** One after the other. */
export type Sequence = readonly Shape[];

const tokens =
  /"?<(?<value>[^>]+)>"?|(?<mark>[[\]{}]|\.\.\.|\|)|(?<words>[^\s[\]{}<>"|]+(?:\|[^\s[\]{}<>"|]+)*)/g;

/** Reads `parameters` of an operation, as `"<policy>" [top <1-100>] {enable | disable}`. Throws where it is none. */
export function readNotation(notation: string): Sequence {
  const rest = [...notation.matchAll(tokens)].map(({ groups = {} }) => groups);
  const whole = alternatives(rest, undefined);
  const [sequence, ...others] = whole;
  if (sequence === undefined || others.length > 0) throw new Error(`no notation: ${notation}`);
  return sequence;
}

type Token = { readonly [group: string]: string | undefined };

/** Takes tokens up to the one that closes; undefined: all. */
function alternatives(rest: Token[], closing: string | undefined): readonly Sequence[] {
  const all: Shape[][] = [[]];
  for (;;) {
    const token = rest.shift();
    if (token === undefined && closing !== undefined) throw new Error(`no notation: ${closing} is missing`);
    if (token === undefined) return all;
    const { mark } = token;
    if (mark !== undefined && mark === closing) return all;
    if (mark === '|') all.push([]);
    else all.at(-1)?.push(shapeOf(token, rest));
  }
}

function shapeOf({ value, mark, words = '' }: Token, rest: Token[]): Shape {
  if (value !== undefined) return namedOrRange(value);
  if (mark === '...') return { kind: 'more' };
  if (mark === '[') return { kind: 'choice', of: alternatives(rest, ']'), isOptional: true };
  if (mark === '{') return { kind: 'choice', of: alternatives(rest, '}'), isOptional: false };
  if (mark !== undefined) throw new Error(`no notation: ${mark} closes nothing`);
  const [first, ...others] = words.split('|').map((word): Shape => ({ kind: 'word', word }));
  if (first === undefined || others.length === 0) return { kind: 'word', word: words };
  return { kind: 'choice', of: [first, ...others].map((word) => [word]), isOptional: false };
}

function namedOrRange(text: string): Shape {
  const { minimum, maximum } = /^(?<minimum>\d+)-(?<maximum>\d+)$/.exec(text)?.groups ?? {};
  if (minimum === undefined) return { kind: 'value', name: text, range: null };
  return { kind: 'value', name: null, range: { minimum: Number(minimum), maximum: Number(maximum) } };
}
