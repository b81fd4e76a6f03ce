import type { Word } from '../../../grammar/word.ts';
import type { Requirement } from '../../access/permissions.ts';
import { type Pattern, readPattern } from '../../text/pattern.ts';
import type { Fault } from '../faults/problem.ts';
import { resolveWord } from '../words/resolve.ts';
import type { Printed } from './lines/printed.ts';

/** What a pipe makes of the output that reaches it. */
export type Filter = (input: Printed) => Printed;

/** A filter throws it for output that is nothing for it. */
export class NotForPipe extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.expected);
    this.fault = fault;
  }
}

export type Prepared = { readonly filter: Filter } | { readonly fault: Fault };

/** A pipe. Each is a file of `pipes/`. */
export type Pipe = {
  readonly name: string;
  /** What follows its name, for a person. */
  readonly parameters: string;
  readonly help: string;
  /** What it asks of the permissions of whoever uses it, if anything. */
  readonly requires?: Requirement;
  /** `name` is the word that named it, for a fault that is about none of the parameters. */
  prepare(parameters: readonly Word[], name: Word): Prepared;
};

/** What the pipes of a chain do together, and what they ask, each with the word that named it. */
export type PreparedChain = {
  readonly filter: Filter;
  readonly requirements: readonly { readonly requirement: Requirement; readonly word: Word }[];
};

/** A chain, or what is wrong with it. */
export function prepareChain(
  pipes: readonly Pipe[],
  chain: readonly (readonly [Word, ...Word[]])[],
): PreparedChain | { readonly fault: Fault } {
  const filters: Filter[] = [];
  const requirements: { readonly requirement: Requirement; readonly word: Word }[] = [];
  for (const [name, ...parameters] of chain) {
    const names = pipes.map((pipe) => pipe.name);
    const resolved = resolveWord(name, names, `one of ${names.join(', ')}`);
    if ('fault' in resolved) return resolved;
    const pipe = pipes.find((candidate) => candidate.name === resolved.found);
    const prepared = pipe?.prepare(parameters, name);
    if (prepared === undefined || 'fault' in prepared) return prepared ?? { fault: unknownPipe(name) };
    filters.push(prepared.filter);
    if (pipe?.requires !== undefined) requirements.push({ requirement: pipe.requires, word: name });
  }
  const filter: Filter = (input) => {
    const printed = filters.reduce((made, each) => each(made), input);
    return printed.lines === input.lines ? printed : { ...printed, screen: undefined };
  };
  return { filter, requirements };
}

function unknownPipe({ text, span }: Word): Fault {
  return { error: 'unknown-word', word: text, span, expected: 'a pipe' };
}

/** The parameters of a pipe that takes none, or a number, or a text. */
export function noParameters([extra]: readonly Word[]): Fault | undefined {
  return (
    extra && {
      error: 'unknown-word',
      word: extra.text,
      span: extra.span,
      expected: 'the end of the line or "|"',
    }
  );
}

export function countParameter(parameters: readonly Word[], standard: number): number | Fault {
  const [word, extra] = parameters;
  if (extra !== undefined) return noParameters([extra]) ?? standard;
  if (word === undefined) return standard;
  return /^\d{1,9}$/.test(word.text)
    ? Number(word.text)
    : { error: 'invalid-value', word: word.text, span: word.span, expected: 'a number of lines' };
}

/** A regular expression, as grep takes it. */
export function patternParameter(word: Word, ignoresCase: boolean): Pattern | Fault {
  const reading = readPattern(word.text, ignoresCase);
  if ('pattern' in reading) return reading.pattern;
  const expected = `a regular expression: ${reading.reason}`;
  return { error: 'invalid-value', word: word.text, span: word.span, expected };
}
