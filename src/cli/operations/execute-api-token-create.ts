import type { Word } from '../../../grammar/word.ts';
import { isLink } from '../../../schemas/content.ts';
import { newToken } from '../../access/api-token.ts';
import { close } from '../../model/changes/close.ts';
import { edit } from '../../model/changes/edit.ts';
import { set } from '../../model/changes/set.ts';
import type { Model } from '../../model/model.ts';
import { Draft } from '../../store/draft.ts';
import { type Fault, type Faults, superfluous } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Operation } from '../language/operation.ts';
import { apiTokens } from '../operands/api-token.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const keyword = 'expires';
const longest = 3650;
const days = `an integer from 1 to ${longest}`;

export default {
  verb: 'execute',
  words: ['api-token', 'create'],
  parameters: `"<name>" [${keyword} <1-${longest}>]`,
  help: 'Make a token by which a program comes in, with your access profile at first; it is shown once',
  requires: { area: 'admingrp', access: 'w' },
  api: 'acts',
  suggest: (_position, { length }) => {
    if (length === 0) return [hint('<name>', 'Of the program')];
    if (length === 1) return choices({ [keyword]: 'Days after which it ends follow' });
    return length === 2 ? [hint(`<1-${longest}>`, 'Days')] : [];
  },
  async run({ levels, model, changes, print }, [name, ...rest]): Promise<Faults> {
    if (name === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of the program' }];
    const reading = lifetimeOf(rest);
    if ('fault' in reading) return [reading.fault];
    const draft = new Draft(levels.view);
    const open = { table: model.catalogue.get(apiTokens), parent: null };
    const edited = edit(model, draft, open, name.text);
    if ('fault' in edited) return spanned([edited.fault], { key: name });
    const { opened, key, isNew } = edited;
    const token = newToken();
    const expires = expiryOf(reading.days);
    const wrong = [
      ...(isNew ? await set(model, opened, 'access-profile', [ownProfile(model)]) : []),
      ...(await set(model, opened, 'secret', [token])),
      ...(expires === null ? [] : await set(model, opened, 'expires', [expires])),
      ...close(model, opened, draft),
    ];
    if (wrong.length > 0) return spanned(wrong, {});
    const { faults } = await changes.commit(draft);
    if (faults.length > 0) return faults;
    print({
      lines: [`token   : ${token}`, `expires : ${expires ?? 'never'}`],
      data: () => ({ name: key, token, expires }),
    });
    return [];
  },
} satisfies Operation;

function lifetimeOf([word, count, extra]: readonly Word[]):
  | { readonly days: number | null }
  | { readonly fault: Fault } {
  if (word === undefined) return { days: null };
  const resolved = resolveWord(word, [keyword], `"${keyword}" and days, or the end of the line`);
  if ('fault' in resolved) return resolved;
  if (count === undefined) {
    return { fault: { error: 'incomplete', word: '', span: after(word), expected: days } };
  }
  if (extra !== undefined) return { fault: superfluous(extra) };
  const { text, span } = count;
  const given = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (given >= 1 && given <= longest) return { days: given };
  return { fault: { error: 'invalid-value', word: text, span, expected: days } };
}

function expiryOf(lifetime: number | null): string | null {
  if (lifetime === null) return null;
  return `${new Date(Date.now() + lifetime * 86_400_000).toISOString().slice(0, 19)}Z`;
}

/** The access profile of whoever makes it: they give away what they have. */
function ownProfile({ configuration: { view }, administrator }: Model): string {
  const profile = administrator === null ? undefined : view.row(administrator)?.fields.get('access-profile');
  const row = isLink(profile) ? view.row(profile.target) : undefined;
  return row?.key ?? 'prof_admin';
}
