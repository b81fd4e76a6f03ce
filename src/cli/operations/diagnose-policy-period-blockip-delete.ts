import type { Word } from '../../../grammar/word.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { operationFault, policyNamed, policySuggestions, runningPolicy } from '../operands/policy.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'period-blockip', 'delete'],
  alsoCalled: ['unblock', 'unban', 'lift'],
  parameters: '"<policy>" <address>',
  help: 'End the block of a source, so that its connections are judged again',
  requires: { area: 'traroutegrp', access: 'w' },
  api: 'acts',
  suggest(position, [policy, ...rest], prefix) {
    if (policy === undefined) return policySuggestions(position, prefix);
    if (rest.length > 0) return [];
    const { levels, model, system } = position;
    const id = levels.view.find(model.catalogue.get('server-policy policy').id, null, policy.text);
    const blocked = id === undefined || system === undefined ? [] : system.someBlocked(id, prefix);
    const entries = blocked.map(
      ({ source, remaining }) => [source, `blocked for ${remaining} s more`] as const,
    );
    return entries.length > 0
      ? choices(Object.fromEntries(entries))
      : [hint('<address>', 'An IPv4 or IPv6 address of the source')];
  },
  run(context, [policy, address, extra]: readonly Word[]): Faults {
    if (policy === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of a policy' }];
    const named = policyNamed(context, policy);
    if ('fault' in named) return [named.fault];
    if (address === undefined) {
      const expected = 'the address of a blocked source';
      return [{ error: 'incomplete', word: '', span: after(policy), expected }];
    }
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningPolicy(context, policy);
    if ('fault' in running) return [running.fault];
    const { id, system } = running;
    const { text, span } = address;
    try {
      switch (system.liftBlock(id, text, context.model.author)) {
        case 'lifted':
          context.person?.remark(`${text} is no longer blocked by policy "${policy.text}"`);
          return done;
        case 'not-blocked':
          return [
            {
              error: 'not-found',
              word: text,
              span,
              expected: `a source that policy "${policy.text}" blocks`,
            },
          ];
        case 'no-address':
          return [{ error: 'not-an-address', word: text, span, expected: 'an IPv4 or IPv6 address' }];
      }
    } catch (error) {
      return [operationFault(error, span, 'the address of a blocked source')];
    }
  },
} satisfies Operation;
