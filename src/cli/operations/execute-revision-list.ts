import { canRead } from '../../model/permission.ts';
import type { Revision } from '../../store/history/history.ts';
import { shortened } from '../../text/shortened.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { changedText } from '../operands/revision.ts';
import { longColumns } from '../printing/columns.ts';
import { hint } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['revision', 'list'],
  alsoCalled: ['history'],
  parameters: '[<count>]',
  help: 'List what was committed: who, from where, when, and which tables',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: (_position, { length }) =>
    length === 0 ? [hint('<count>', 'How many of the newest; all where it is left out')] : [],
  run({ model, print }, [count, extra]): Faults {
    if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count.text)) {
      return [
        { error: 'invalid-value', word: count.text, span: count.span, expected: 'a number of revisions' },
      ];
    }
    if (extra !== undefined) return [superfluous(extra)];
    const { catalogue, configuration } = model;
    const { history } = configuration;
    const revisions = history.list(count === undefined ? Number.MAX_SAFE_INTEGER : Number(count.text));
    const isShown = (path: string): boolean => {
      const table = catalogue.anyTable(path);
      return table !== undefined && canRead(model, table);
    };
    print({
      lines: lines(revisions, isShown, count === undefined ? history.oldest : 0),
      data: () =>
        revisions.map(({ number, author, origin, time, comment, tables }) => ({
          revision: number,
          user: author,
          from: origin,
          time: new Date(time).toISOString(),
          comment,
          changed:
            tables &&
            [...tables].filter(([path]) => isShown(path)).map(([path, entries]) => ({ path, entries })),
        })),
    });
    return done;
  },
} satisfies Operation;

function* lines(
  revisions: readonly Revision[],
  isShown: (path: string) => boolean,
  oldest: number,
): Generator<string | undefined> {
  if (revisions.length === 0) yield 'nothing has been committed';
  yield* longColumns(revisions, [
    { title: 'revision', text: ({ number }) => number },
    { title: 'user', text: ({ author }) => author },
    { title: 'from', text: ({ origin }) => originText(origin) },
    { title: 'time', text: ({ time }) => timeText(time) },
    // Either may be long: a column for each would push the second out of the screen.
    { title: 'changed: comment', text: (revision) => changeText(revision, isShown) },
  ]);
  if (oldest > 0) yield `what was before revision ${oldest} is forgotten`;
}

/** Names of files may be long, and many; an address is told whole. */
function originText(origin: string): string {
  return /^(?:import|restore) /.test(origin) ? shortened(origin, 20) : origin;
}

function changeText(revision: Revision, isShown: (path: string) => boolean): string {
  const { comment } = revision;
  return `${changedText(revision, isShown)}${comment === '' ? '' : `: ${comment}`}`;
}
