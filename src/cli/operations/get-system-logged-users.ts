import { timeText } from '../../time/log-time.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'get',
  words: ['system', 'logged-users'],
  alsoCalled: ['who', 'whoami'],
  parameters: '',
  help: 'Show who has a session, from where, and since when',
  requires: { area: 'admingrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run({ users, model, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const { all } = users;
    print({
      lines: columns(all, [
        { title: 'session', text: ({ id }) => id },
        { title: 'user', text: ({ author }) => author.name },
        { title: 'from', text: ({ author }) => author.origin },
        { title: 'since', text: ({ since }) => timeText(since) },
        { title: '', text: ({ author }) => (author === model.author ? 'this one' : '') },
      ]),
      data: () =>
        all.map(({ id, author, from: { door, address }, since }) => ({
          session: id,
          user: author.name,
          from: author.origin,
          door,
          address,
          since: new Date(since).toISOString(),
          own: author === model.author,
        })),
    });
    return done;
  },
} satisfies Operation;
