import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { describeRevision, listedRevision, revisionSuggestions } from '../operands/revision.ts';
import { between, printedDifference } from '../printing/differences/compared.ts';
import type { Lines } from '../printing/lines/printed.ts';

export default {
  verb: 'execute',
  words: ['revision', 'show'],
  parameters: '<revision>',
  help: 'Show what a revision has changed',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: (position, { length }) =>
    length === 0 ? revisionSuggestions(position, 'The number of a revision') : [],
  run({ model, print }, [word, extra]): Faults {
    const { configuration } = model;
    if (word === undefined) return [{ error: 'incomplete', word: '', expected: 'the number of a revision' }];
    const listed = listedRevision(configuration, word);
    if ('fault' in listed) return [listed.fault];
    if (extra !== undefined) return [superfluous(extra)];
    const { revision } = listed;
    if (revision.tables === null) {
      const expected = `a revision after ${revision.number}: what that one has changed is forgotten`;
      return [{ error: 'not-found', word: word.text, span: word.span, expected }];
    }
    const { number, author, origin, time, comment } = revision;
    const changes = printedDifference(model, () => between(configuration, number - 1, number));
    print({
      lines: after(describeRevision(revision), changes.lines),
      commands: () => after(`# ${describeRevision(revision)}`, changes.commands()),
      data: () => ({
        revision: number,
        user: author,
        from: origin,
        time: new Date(time).toISOString(),
        comment,
        changes: changes.data(),
      }),
    });
    return done;
  },
} satisfies Operation;

function* after(heading: string, lines: Lines): Generator<string | undefined> {
  yield heading;
  yield* lines;
}
