import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IProduction, NonTerminal, type Rule, Terminal } from 'chevrotain';
import { StatementParser } from '../../grammar/parser.ts';
import { verbs } from '../../grammar/shapes.ts';
import { Full, Pipe, QuotedWord, Side, To, verbToken, Word } from '../../grammar/tokens.ts';

/** Chevrotain checks for ambiguities, left recursion and the like while it is built, unless told not to. */
const grammar = new StatementParser({ skipValidations: false }).getGAstProductions();

/** Every production below a rule, in depth first order. */
function* productions(production: IProduction | Rule): Generator<IProduction> {
  if (!('definition' in production) || !Array.isArray(production.definition)) return;
  for (const part of production.definition) {
    yield part;
    if (!(part instanceof NonTerminal)) yield* productions(part);
  }
}

function reached(from: string, seen = new Set<string>()): Set<string> {
  const rule = grammar[from];
  if (rule === undefined || seen.has(from)) return seen;
  seen.add(from);
  for (const part of productions(rule)) {
    if (part instanceof NonTerminal) reached(part.nonTerminalName, seen);
  }
  return seen;
}

test('every rule is reached from a statement', () => {
  assert.deepEqual([...reached('statement')].sort(), Object.keys(grammar).sort());
});

test('there is a rule and a token for each verb', () => {
  assert.equal(new Set(verbs.map(verbToken)).size, verbs.length);
  assert.deepEqual(Object.keys(grammar).sort(), ['statement', 'pipes', ...verbs].sort());
});

test('every token is used by the grammar', () => {
  const used = new Set(
    Object.values(grammar).flatMap((rule) =>
      [...productions(rule)].flatMap((part) => (part instanceof Terminal ? [part.terminalType] : [])),
    ),
  );
  for (const token of [Word, QuotedWord, ...verbs.map(verbToken), Full, To, Side, Pipe]) {
    const asWord = token.CATEGORIES?.some((category) => used.has(category)) ?? false;
    assert.ok(used.has(token) || asWord, token.name);
  }
});
