import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { choices } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

const words = {
  enable: 'Output stops at each screenful, in this session',
  disable: 'Output runs through, in this session',
};

export default {
  verb: 'execute',
  words: ['terminal', 'paging'],
  parameters: '{enable | disable}',
  help: 'Whether output stops at each screenful, for this session only',
  requires: 'by-table',
  api: 'console',
  suggest: (_place, { length }) => (length === 0 ? choices(words) : []),
  run(context, [word, extra]): Faults {
    const expected = Object.keys(words).join(' or ');
    if (word === undefined) return [{ error: 'incomplete', word: '', expected }];
    const resolved = resolveWord(word, Object.keys(words), expected);
    if ('fault' in resolved) return [resolved.fault];
    if (extra !== undefined) return [superfluous(extra)];
    context.person?.setPaging(resolved.found === 'enable');
    return done;
  },
} satisfies Operation;
