import { counted } from '../../text/plural.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { tooLongComment } from '../operands/revision.ts';
import { hint } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['broadcast'],
  parameters: '"<text>"',
  help: 'Say something in every other session, with its next command',
  requires: { area: 'admingrp', access: 'w' },
  api: 'acts',
  suggest: (_position, { length }) =>
    length === 0 ? [hint('"<text>"', 'One line for all who have a session')] : [],
  run({ users, model, print }, [text, extra]): Faults {
    if (text === undefined || text.text === '')
      return [{ error: 'incomplete', word: '', expected: 'a text, in quotes' }];
    if (extra !== undefined) return [superfluous(extra)];
    const wrong = tooLongComment(text);
    if (wrong !== undefined) return [wrong];
    const { name } = model.author;
    const told = users.tell(`message of ${name}: ${text.text}`, model.author);
    print({ lines: [`told in ${counted(told, 'session')}`], data: () => ({ told }) });
    return done;
  },
} satisfies Operation;
