import { printWord } from '../../text/quote.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

export default {
  verb: 'execute',
  words: ['log', 'filter', 'list'],
  parameters: '',
  help: 'Show by what this session filters the records of logs',
  requires: { area: 'loggrp', access: 'r' },
  api: 'console',
  suggest: () => [],
  run({ logFilter, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const lines = logFilter.entries.map(([key, values]) => `${key} ${values.map(printWord).join(' ')}`);
    print({
      lines: logFilter.isEmpty ? ['nothing is filtered'] : lines,
      data: () => Object.fromEntries(logFilter.entries),
    });
    return done;
  },
} satisfies Operation;
