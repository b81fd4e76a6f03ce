import { type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { apiTokens } from '../operands/api-token.ts';
import { longColumns } from '../printing/columns.ts';
import { contentText } from '../printing/show.ts';

export default {
  verb: 'execute',
  words: ['api-token', 'list'],
  parameters: '',
  help: 'Show which programs may come in, until when, and what they may do',
  requires: { area: 'admingrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run({ levels, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    const tokens = view.rows(apiTokens, null).map(({ key, fields }) => {
      const expires = contentText(view, fields.get('expires')) || null;
      const isOver = expires !== null && Date.parse(expires) <= Date.now();
      const state = fields.has('secret') ? (isOver ? 'expired' : 'valid') : 'none';
      return { name: key, profile: contentText(view, fields.get('access-profile')), state, expires };
    });
    const lines = longColumns(tokens, [
      { title: 'name', text: ({ name }) => name },
      { title: 'profile', text: ({ profile }) => profile },
      { title: 'state', text: ({ state }) => state },
      { title: 'expires', text: ({ expires }) => expires ?? 'never' },
    ]);
    print({ lines: tokens.length === 0 ? ['there is no token'] : lines, data: () => tokens });
    return [];
  },
} satisfies Operation;
