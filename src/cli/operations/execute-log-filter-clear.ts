import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { hint } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

export default {
  verb: 'execute',
  words: ['log', 'filter', 'clear'],
  parameters: '[<key>]',
  help: 'Show all records of a log again, or those with any value of a key',
  requires: { area: 'loggrp', access: 'r' },
  api: 'console',
  suggest: (_place, { length }) => (length === 0 ? [hint('<key>', 'A key that is filtered by')] : []),
  run({ logFilter }, [key, extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    if (key === undefined) {
      logFilter.clear();
      return done;
    }
    const known = logFilter.entries.map(([field]) => field);
    const resolved = resolveWord(key, known, 'a key that is filtered by, of "execute log filter list"');
    if ('fault' in resolved) return [resolved.fault];
    logFilter.clear(resolved.found);
    return done;
  },
} satisfies Operation;
