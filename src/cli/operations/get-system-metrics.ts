import type { Word } from '../../../grammar/word.ts';
import { mostTopSources } from '../../metrics/families.ts';
import { type MetricsOrder, metricsLines, readMetrics } from '../../metrics/metrics.ts';
import { done, type Fault, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { policyNamed, policySuggestions, runningSystem } from '../operands/policy.ts';
import type { Context } from '../session/context.ts';
import { choices, hint, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const keyword = 'top-sources';

export default {
  verb: 'get',
  words: ['system', 'metrics'],
  parameters: `["<policy>"] [${keyword} <1-${mostTopSources}>]`,
  help: 'Show all numbers of the running Levee in the text format of Prometheus',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest(position, words, prefix): readonly Suggestion[] {
    const last = words.at(-1);
    if (last !== undefined && isKeyword(last)) {
      return [hint(`<1-${mostTopSources}>`, 'Sources that hold most, each in a series of its own')];
    }
    if (words.some(isKeyword)) return [];
    return [
      ...choices({ [keyword]: 'How many of the sources that hold most to show follows' }),
      ...(words.length === 0 ? policySuggestions(position, prefix) : []),
    ];
  },
  async run(context, parameters): Promise<Faults> {
    const asked = orderOf(context, parameters);
    if ('fault' in asked) return [asked.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const reading = await readMetrics(running.system, asked.order);
    context.print({ lines: metricsLines(reading), data: () => reading });
    return done;
  },
} satisfies Operation;

/** A policy that is called so is named in quotes. */
function isKeyword({ text, quoted }: Word): boolean {
  return !quoted && text === keyword;
}

function orderOf(
  context: Context,
  parameters: readonly Word[],
): { readonly order: MetricsOrder } | { readonly fault: Fault } {
  const words = [...parameters];
  let policy: MetricsOrder['policy'] = null;
  const [first] = words;
  if (first !== undefined && !isKeyword(first)) {
    const named = policyNamed(context, first);
    if ('fault' in named) return named;
    policy = named.id;
    words.shift();
  }
  const [word, count, extra] = words;
  if (word === undefined) return { order: { policy, topSources: 0 } };
  const resolved = resolveWord(word, [keyword], `"${keyword}" and a number, or the end of the line`);
  if ('fault' in resolved) return resolved;
  const expected = `an integer from 1 to ${mostTopSources}`;
  if (count === undefined) {
    return { fault: { error: 'incomplete', word: '', span: after(word), expected } };
  }
  if (extra !== undefined) return { fault: superfluous(extra) };
  const topSources = /^\d{1,4}$/.test(count.text) ? Number(count.text) : 0;
  if (topSources < 1 || topSources > mostTopSources) {
    return { fault: { error: 'invalid-value', word: count.text, span: count.span, expected } };
  }
  return { order: { policy, topSources } };
}
