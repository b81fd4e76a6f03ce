import type { Word } from '../../../grammar/word.ts';
import type { FloodTest } from '../../system/system.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { operationFault, policySuggestions, runningPolicy } from '../operands/policy.ts';
import { memberLines } from '../printing/members.ts';
import { shortRecords } from '../printing/records.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

/** Enough to see any threshold at work on one machine, few enough not to use up its ports. */
const most = 10_000;

export default {
  verb: 'diagnose',
  words: ['policy', 'flood-test'],
  parameters: '"<policy>" connections <1-10000>',
  help: 'Open connections to one of our own policies and show what becomes of them',
  requires: { area: 'traroutegrp', access: 'w' },
  api: 'acts',
  suggest(position, { length }, prefix) {
    if (length === 0) return policySuggestions(position, prefix);
    if (length === 1) return choices({ connections: 'How many to open follows' });
    return length === 2 ? [hint(`<1-${most}>`, 'Connections to open at once')] : [];
  },
  async run(context, parameters): Promise<Faults> {
    const reading = readParameters(parameters);
    if ('faults' in reading) return reading.faults;
    const { policy, connections } = reading;
    const running = runningPolicy(context, policy);
    if ('fault' in running) return [running.fault];
    const { id, system } = running;
    try {
      const result = await system.floodTest(id, connections, context.client.signal);
      const above = [...resultLines(result)];
      const records = result.log.map(({ line }) => `  ${line}`);
      // They all are of this policy, and its name would take the place that a row of 80 cells lacks.
      const layout = system.records.columns('attack').filter(({ title }) => title !== 'policy');
      const short = shortRecords(result.log, layout);
      context.print({
        lines: [...above, ...records],
        screen: [...above, ...short.map((text) => text.replaceAll(/^/gm, '  '))],
        data: () => ({ ...result, log: result.log.map(({ line }) => line) }),
      });
      return done;
    } catch (error) {
      return [operationFault(error, policy.span, 'a policy that listens')];
    }
  },
} satisfies Operation;

type Reading = { readonly policy: Word; readonly connections: number } | { readonly faults: Faults };

function readParameters([policy, keyword, count, extra]: readonly Word[]): Reading {
  if (policy === undefined)
    return { faults: [{ error: 'incomplete', word: '', expected: 'the name of a policy' }] };
  const expected = `"connections" and their number, from 1 to ${most}`;
  if (keyword !== undefined && (keyword.text === '' || !'connections'.startsWith(keyword.text))) {
    const { text, span } = keyword;
    return { faults: [{ error: 'unknown-word', word: text, span, expected, nearest: 'connections' }] };
  }
  if (keyword === undefined || count === undefined)
    return { faults: [{ error: 'incomplete', word: '', span: after(keyword ?? policy), expected }] };
  const connections = Number(count.text);
  if (!/^\d+$/.test(count.text) || connections < 1 || connections > most) {
    const { text, span } = count;
    return {
      faults: [{ error: 'invalid-value', word: text, span, expected: `an integer from 1 to ${most}` }],
    };
  }
  if (extra !== undefined) return { faults: [superfluous(extra)] };
  return { policy, connections };
}

function* resultLines(result: FloodTest): Generator<string> {
  const { target, missingLink, admitted, reset, lost, failed, action, log } = result;
  yield `target    : ${target}`;
  if (missingLink !== '') yield `limit     : none: ${missingLink}`;
  yield `admitted  : ${admitted}`;
  const isBlocked = reset > 0 && action === 'block-period';
  yield `reset     : ${reset}${isBlocked ? ', those too that were let in before the block' : ''}`;
  if (lost > 0) yield `lost      : ${lost}, let in by the rule, then reset for want of a member`;
  if (failed > 0) yield `failed    : ${failed}`;
  if (result.members.some(({ state }) => state !== 'up')) yield* memberLines(result.members);
  if (log.length > 0) yield 'attack log:';
  else if (reset === 0) yield 'attack log: nothing was written';
  else
    yield 'attack log: no new line; these are counted into the attack that is on already, or are not to be recorded';
}
