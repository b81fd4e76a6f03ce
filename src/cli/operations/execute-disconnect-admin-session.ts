import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { words } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['disconnect-admin-session'],
  parameters: '<session>',
  help: 'End the session of an administrator; a transaction of theirs can be resumed',
  requires: { area: 'admingrp', access: 'w' },
  api: 'acts',
  suggest({ users }, { length }) {
    const entries = users.all.map(
      ({ id, author }) => [String(id), `${author.name} from ${author.origin}`] as const,
    );
    return length === 0 ? words(entries, 'value') : [];
  },
  run({ users, model, person }, [word, extra]): Faults {
    const expected = 'the number of a session, as "get system logged-users" lists them';
    if (word === undefined) return [{ error: 'incomplete', word: '', expected }];
    const { text, span } = word;
    const found = users.all.find(({ id }) => String(id) === text);
    if (found === undefined) return [{ error: 'not-found', word: text, span, expected }];
    if (extra !== undefined) return [superfluous(extra)];
    if (found.author === model.author) {
      const instead = 'the session of somebody else; "exit" ends this one';
      return [{ error: 'invalid-value', word: text, span, expected: instead }];
    }
    users.end(found.id, `"${model.author.name}" has disconnected it`);
    person?.remark(`the session of ${found.author.name} from ${found.author.origin} is ended`);
    return done;
  },
} satisfies Operation;
