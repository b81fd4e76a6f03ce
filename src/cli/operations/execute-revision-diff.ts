import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { revisionNamed, revisionSuggestions } from '../operands/revision.ts';
import { between, printedDifference } from '../printing/differences/compared.ts';

export default {
  verb: 'execute',
  words: ['revision', 'diff'],
  parameters: '<revision> [<revision>]',
  help: 'Show what differs from a revision to another, or to what is committed now',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest(position, { length }) {
    if (length > 1) return [];
    return revisionSuggestions(
      position,
      length === 0 ? 'The revision before' : 'The revision after; else now',
    );
  },
  run({ model, print }, [before, after, extra]): Faults {
    const { configuration } = model;
    if (before === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the number of a revision' }];
    const from = revisionNamed(configuration, before);
    if ('fault' in from) return [from.fault];
    const to =
      after === undefined ? { number: configuration.view.revision } : revisionNamed(configuration, after);
    if ('fault' in to) return [to.fault];
    if (extra !== undefined) return [superfluous(extra)];
    print(printedDifference(model, () => between(configuration, from.number, to.number)));
    return done;
  },
} satisfies Operation;
