import type { Word } from '../../../grammar/word.ts';
import type { ModelFault } from '../../model/fault.ts';
import { unreadable } from '../../model/permission.ts';
import type { ReplayOrder } from '../../system/replay-order.ts';
import type { Fault, Faults } from '../faults/problem.ts';
import { done } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { policyNamed, policySuggestions } from '../operands/policy.ts';
import type { Context } from '../session/context.ts';
import { mostText } from '../session/settings/limits.ts';
import { choices, hint, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const keywords = {
  candidate: 'A file of commands follows: what would change if it were imported',
  policy: 'The policy that takes all connections of the capture follows',
  port: 'With a policy: only connections to this port are taken; it follows',
  advise: 'Name thresholds that would have fitted',
  innermost: 'Of IP packets that stand one in another take the innermost, whatever it carries',
  plot: 'A file to draw the peaks into, as SVG, follows',
} as const;

type Keyword = keyof typeof keywords;

/** The table that a replay shows most of, besides policies. */
const rules = 'waf layer4-connection-flood-check-rule';

export default {
  verb: 'execute',
  words: ['replay'],
  parameters:
    '<capture> [candidate <file>] [policy "<policy>" [port <1-65535>]] [advise] [innermost] [plot <file>]',
  help: 'Judge the connections of a capture of yours by this configuration',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'console',
  suggest(position, words, prefix): readonly Suggestion[] {
    const last = words.at(-1);
    if (last === undefined)
      return [hint('<capture>', 'A pcap or pcapng file, on the machine where you type')];
    switch (words.length === 1 ? undefined : keywordOf(last)) {
      case 'candidate':
        return [hint('<file>', 'Commands, as import takes them')];
      case 'policy':
        return policySuggestions(position, prefix);
      case 'port':
        return [hint('<1-65535>', 'The port that connections of the capture go to')];
      case 'plot':
        return [hint('<file>', 'Where the drawing goes, on the machine where you type')];
      default: {
        const rest = Object.entries(keywords).filter(
          ([word]) => !words.slice(1).some((given) => keywordOf(given) === word),
        );
        return choices(Object.fromEntries(rest));
      }
    }
  },
  async run(context, [capture, ...parameters]): Promise<Faults> {
    if (capture === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the file that holds the capture' }];
    const forbidden = (): ModelFault | undefined =>
      unreadable(context.model, context.model.catalogue.get(rules));
    const refused = forbidden();
    if (refused !== undefined) return [{ ...refused, span: capture.span }];
    const reading = readParameters(context, parameters);
    if ('fault' in reading) return [reading.fault];
    const { candidate, ...wanted } = reading;
    const { client } = context;
    const file = candidate === null ? { source: null } : await client.readFile(candidate, mostText);
    if ('fault' in file) return [file.fault];
    // Reading a file takes its time, in which they may have lost it.
    const since = forbidden();
    if (since !== undefined) return [{ ...since, span: capture.span }];
    const plans = await client.replayPlans(file.source);
    if (plans === null) {
      if (client.signal.aborted) return done;
      const fault = { error: 'operation-failed', word: 'the candidate has errors' } as const;
      return [{ ...fault, expected: 'a configuration that could be imported' }];
    }
    const files = { capture: capture.text, candidateFile: candidate?.text ?? null };
    const replayed = await client.replay({ ...wanted, ...plans, ...files }, capture);
    if ('fault' in replayed) return [replayed.fault];
    const { lines, data } = replayed.report;
    context.print({ lines, data: () => data });
    return done;
  },
} satisfies Operation;

/** A file that is called `plot` is named in quotes. */
function keywordOf({ text, quoted }: Word): Keyword | undefined {
  return quoted ? undefined : names.find((name) => name === text);
}

const names: readonly Keyword[] = ['candidate', 'policy', 'port', 'advise', 'innermost', 'plot'];

type Wanted = Pick<ReplayOrder, 'policy' | 'port' | 'advise' | 'wanted' | 'plot'> & {
  readonly candidate: Word | null;
};

function readParameters(context: Context, parameters: readonly Word[]): Wanted | { readonly fault: Fault } {
  const words = [...parameters];
  let wanted: Wanted = {
    candidate: null,
    policy: null,
    port: null,
    advise: false,
    wanted: 'outermost tcp',
    plot: null,
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const keyword = resolveWord(word, names, names.join(', '));
    if ('fault' in keyword) return keyword;
    if (keyword.found === 'advise') {
      wanted = { ...wanted, advise: true };
      continue;
    }
    if (keyword.found === 'innermost') {
      wanted = { ...wanted, wanted: 'innermost' };
      continue;
    }
    const value = words.shift();
    if (value === undefined) {
      return { fault: { error: 'incomplete', word: '', span: after(word), expected: 'what it is to be' } };
    }
    if (keyword.found === 'candidate') wanted = { ...wanted, candidate: value };
    else if (keyword.found === 'plot') wanted = { ...wanted, plot: value.text };
    else if (keyword.found === 'port') {
      const port = /^\d{1,5}$/.test(value.text) ? Number(value.text) : 0;
      if (port < 1 || port > 65_535 || wanted.policy === null) {
        const expected = wanted.policy === null ? 'a policy before it' : 'an integer from 1 to 65535';
        return { fault: { error: 'invalid-value', word: value.text, span: value.span, expected } };
      }
      wanted = { ...wanted, port };
    } else {
      const named = policyNamed(context, value);
      // A candidate may bring the policy; whether it does is seen when it is replayed.
      if ('fault' in named && wanted.candidate === null) return named;
      wanted = { ...wanted, policy: value.text };
    }
  }
  return wanted;
}
