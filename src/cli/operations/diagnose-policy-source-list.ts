import type { Word } from '../../../grammar/word.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { SourceOrder, SourceReport } from '../../system/reports/source.ts';
import type { Fault } from '../faults/problem.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { policyNamed, policySuggestions, runningSystem } from '../operands/policy.ts';
import { longColumns } from '../printing/columns.ts';
import type { Context } from '../session/context.ts';
import { choices, hint, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const most = 10_000;
const usual = 20;

const keywords: Readonly<Record<string, string>> = {
  top: 'How many sources to show follows',
  by: 'What to order them by follows',
};

const orders: Readonly<Record<SourceOrder, string>> = {
  open: 'Connections that it holds',
  refused: 'Connections that were refused',
  silent: 'Connections on which it has sent nothing',
  blocked: 'Seconds until its block ends',
};

export default {
  verb: 'diagnose',
  words: ['policy', 'source', 'list'],
  alsoCalled: ['sources', 'clients'],
  parameters: `["<policy>"] [top <1-${most}>] [by open|refused|silent|blocked]`,
  help: 'Show the sources that hold the most connections, or were refused most',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest(position, words, prefix): readonly Suggestion[] {
    const last = words.at(-1);
    const keyword = last === undefined ? undefined : keywordOf(last);
    if (keyword === 'top') return [hint(`<1-${most}>`, `Sources to show (default ${usual})`)];
    if (keyword === 'by') return choices(orders);
    const rest = Object.entries(keywords).filter(
      ([word]) => !words.some((given) => keywordOf(given) === word),
    );
    return [
      ...choices(Object.fromEntries(rest)),
      ...(words.length === 0 ? policySuggestions(position, prefix) : []),
    ];
  },
  async run(context, parameters): Promise<Faults> {
    const reading = readParameters(context, parameters);
    if ('fault' in reading) return [reading.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const { policy, count, by } = reading;
    const sources = await running.system.sources(policy, count, by);
    const sharesCounts = (running.system.cluster()?.counts ?? null) !== null;
    const lines = longColumns(sources, [
      { title: 'policy', text: (source) => source.policy },
      { title: 'source', text: ({ source }) => source },
      { title: 'open', text: ({ open }) => open },
      ...(sharesCounts ? [elsewhere] : []),
      { title: 'silent', text: ({ silent }) => silent },
      { title: 'enforced', text: ({ shadow }) => shadow },
      { title: 'peak', text: ({ peak }) => peak },
      { title: 'refused', text: ({ refused }) => refused },
      { title: 'blocked', text: ({ blocked }) => (blocked === 0 ? '-' : `${blocked} s`) },
    ]);
    context.print({
      lines: sources.length === 0 ? ['no source holds anything'] : lines,
      data: () => sources,
    });
    return done;
  },
} satisfies Operation;

function isOrder(word: string): word is SourceOrder {
  return word in orders;
}

const elsewhere = { title: 'elsewhere', text: (source: SourceReport) => source.elsewhere };

type Reading =
  | { readonly policy: RowId | null; readonly count: number; readonly by: SourceOrder }
  | { readonly fault: Fault };

/** A policy that is called `top` is named in quotes. */
function keywordOf({ text, quoted }: Word): string | undefined {
  return quoted || !(text in keywords) ? undefined : text;
}

function readParameters(context: Context, parameters: readonly Word[]): Reading {
  const words = [...parameters];
  let policy: RowId | null = null;
  let count = usual;
  let by: SourceOrder = 'open';
  const [first] = words;
  if (first !== undefined && keywordOf(first) === undefined) {
    const named = policyNamed(context, first);
    if ('fault' in named) return named;
    policy = named.id;
    words.shift();
  }
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const keyword = resolveWord(word, Object.keys(keywords), 'top or by');
    if ('fault' in keyword) return keyword;
    const value = words.shift();
    if (value === undefined) {
      const expected =
        keyword.found === 'top' ? `how many, from 1 to ${most}` : 'open, refused, silent or blocked';
      return { fault: { error: 'incomplete', word: '', span: after(word), expected } };
    }
    if (keyword.found === 'top') {
      count = /^\d{1,5}$/.test(value.text) ? Number(value.text) : 0;
      if (count < 1 || count > most) {
        const { text, span } = value;
        return {
          fault: { error: 'invalid-value', word: text, span, expected: `an integer from 1 to ${most}` },
        };
      }
    } else {
      const order = resolveWord(value, Object.keys(orders), 'open, refused, silent or blocked');
      if ('fault' in order) return order;
      by = isOrder(order.found) ? order.found : 'open';
    }
  }
  return { policy, count, by };
}
