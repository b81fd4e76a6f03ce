import type { Word } from '../../../grammar/word.ts';
import { longestBlock } from '../../system/kept-state.ts';
import type { System } from '../../system/system.ts';
import { done, type Fault, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { operationFault, policySuggestions, runningPolicy } from '../operands/policy.ts';
import type { Context } from '../session/context.ts';
import { hint } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

const seconds = `an integer from 1 to ${longestBlock}`;

export default {
  verb: 'diagnose',
  words: ['policy', 'period-blockip', 'add'],
  alsoCalled: ['block', 'ban'],
  parameters: `"<policy>" <address> <1-${longestBlock}>`,
  help: 'Block a source for so many seconds, whatever the rule of the policy says',
  requires: { area: 'traroutegrp', access: 'w' },
  api: 'acts',
  suggest(position, { length }, prefix) {
    if (length === 0) return policySuggestions(position, prefix);
    if (length === 1) return [hint('<address>', 'An IPv4 or IPv6 address of the source')];
    return length === 2 ? [hint(`<1-${longestBlock}>`, 'Seconds')] : [];
  },
  run(context, [policy, address, period, extra]: readonly Word[]): Faults {
    if (policy === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of a policy' }];
    if (address === undefined) return [incomplete(policy, 'the address of a source')];
    if (period === undefined) return [incomplete(address, seconds)];
    const { text, span } = period;
    const length = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (length < 1 || length > longestBlock) {
      return [{ error: 'invalid-value', word: text, span, expected: seconds }];
    }
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningPolicy(context, policy);
    if ('fault' in running) return [running.fault];
    const { id, system } = running;
    try {
      const outcome = system.orderBlock(id, address.text, length, context.model.author);
      return outcomeOf(context, outcome, policy.text, address, length);
    } catch (error) {
      return [operationFault(error, address.span, 'a source that can be blocked')];
    }
  },
} satisfies Operation;

function incomplete(word: Word, expected: string): Fault {
  return { error: 'incomplete', word: '', span: after(word), expected };
}

function outcomeOf(
  { person }: Context,
  outcome: ReturnType<System['orderBlock']>,
  policy: string,
  { text, span }: Word,
  length: number,
): Faults {
  const failed = (reason: string, expected: string): Faults => [
    { error: 'operation-failed', word: reason, span, expected },
  ];
  switch (outcome) {
    case 'blocked':
      person?.remark(`policy "${policy}" blocks ${text} for ${length} s`);
      return done;
    case 'no-address':
      return [{ error: 'not-an-address', word: text, span, expected: 'an IPv4 or IPv6 address' }];
    case 'other-prefix':
      return failed(
        `${text} is not what policy "${policy}" counts as one source`,
        'an address, or a network of the prefix length of the rule',
      );
    case 'trusted':
      return failed(`the IP list of policy "${policy}" trusts ${text}`, 'an address that is not trusted');
    case 'full':
      return failed('the sources table is full', 'room for one more source');
    case 'monitor-mode':
      return failed(`policy "${policy}" is in monitor-mode, which blocks nobody`, 'monitor-mode disable');
  }
}
