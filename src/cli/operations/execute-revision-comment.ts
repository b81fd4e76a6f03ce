import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { listedRevision, longestComment, revisionSuggestions, tooLongComment } from '../operands/revision.ts';
import { hint } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

export default {
  verb: 'execute',
  words: ['revision', 'comment'],
  parameters: '<revision> "<comment>"',
  help: 'Say of a revision why it was made; "" takes it away',
  requires: { area: 'mntgrp', access: 'w' },
  api: 'acts',
  suggest(position, { length }) {
    if (length === 0) return revisionSuggestions(position, 'The number of a revision');
    return length === 1 ? [hint('"<comment>"', `At most ${longestComment} characters`)] : [];
  },
  run({ model }, [word, comment, extra]): Faults {
    if (word === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the number of a revision and a comment' }];
    if (comment === undefined)
      return [{ error: 'incomplete', word: '', span: after(word), expected: 'the comment, in quotes' }];
    const { configuration } = model;
    const listed = listedRevision(configuration, word);
    if ('fault' in listed) return [listed.fault];
    if (extra !== undefined) return [superfluous(extra)];
    const wrong = tooLongComment(comment);
    if (wrong !== undefined) return [wrong];
    configuration.history.setComment(listed.revision.number, comment.text);
    return done;
  },
} satisfies Operation;
