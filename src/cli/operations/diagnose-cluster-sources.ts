import type { Word } from '../../../grammar/word.ts';
import { done, type Fault, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystem } from '../operands/policy.ts';
import { longColumns } from '../printing/columns.ts';
import { choices, hint, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const most = 10_000;
const usual = 20;
const expected = `an integer from 1 to ${most}`;

export default {
  verb: 'diagnose',
  words: ['cluster', 'sources'],
  parameters: `[top <1-${most}>]`,
  help: 'Show the sources that hold the most connections over all nodes, as far as nodes tell each other of them',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest(_position, words): readonly Suggestion[] {
    if (words.length === 0) return choices({ top: 'How many sources to show follows' });
    return words.length === 1 ? [hint(`<1-${most}>`, `Sources to show (default ${usual})`)] : [];
  },
  async run(context, parameters): Promise<Faults> {
    const reading = countIn(parameters);
    if ('fault' in reading) return [reading.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const sources = await running.system.sharedSources(reading.count);
    const lines = longColumns(sources, [
      { title: 'policy', text: ({ policy }) => policy },
      { title: 'source', text: ({ source }) => source },
      { title: 'here', text: ({ own }) => own },
      { title: 'elsewhere', text: ({ remote }) => remote },
      { title: 'by node', text: ({ nodes }) => nodes.map(({ node, open }) => `${node}: ${open}`).join(', ') },
    ]);
    context.print({
      lines: sources.length === 0 ? ['Nodes tell each other of no source'] : lines,
      data: () => sources,
    });
    return done;
  },
} satisfies Operation;

function countIn([first, value, extra]: readonly Word[]):
  | { readonly count: number }
  | { readonly fault: Fault } {
  if (first === undefined) return { count: usual };
  const keyword = resolveWord(first, ['top'], 'top');
  if ('fault' in keyword) return keyword;
  if (value === undefined) return { fault: { error: 'incomplete', word: '', span: after(first), expected } };
  const count = /^\d{1,5}$/.test(value.text) ? Number(value.text) : 0;
  if (count < 1 || count > most)
    return { fault: { error: 'invalid-value', word: value.text, span: value.span, expected } };
  return extra === undefined ? { count } : { fault: superfluous(extra) };
}
