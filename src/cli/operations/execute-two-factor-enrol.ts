import { randomBytes } from 'node:crypto';
import { toBase32 } from '../../access/one-time-codes.ts';
import { close } from '../../model/changes/close.ts';
import { edit } from '../../model/changes/edit.ts';
import { set } from '../../model/changes/set.ts';
import { Draft } from '../../store/draft.ts';
import { type Faults, superfluous } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Operation } from '../language/operation.ts';
import { Settings } from '../session/settings/settings.ts';
import { keySuggestions } from '../typing/suggestion.ts';

const path = 'system admin';

/** Bytes of a secret, as RFC 4226 recommends them. */
const length = 20;

export default {
  verb: 'execute',
  words: ['two-factor', 'enrol'],
  parameters: '"<administrator>"',
  help: 'Ask an administrator for a code from now on; what the application of theirs is to know is shown once',
  requires: { area: 'admingrp', access: 'w' },
  api: 'acts',
  suggest({ levels, model }, { length: given }, prefix) {
    return given === 0 ? keySuggestions(levels.view, model.catalogue.get(path), null, prefix) : [];
  },
  async run({ levels, model, changes, print }, [name, extra]): Promise<Faults> {
    const expected = 'the name of an administrator';
    if (name === undefined) return [{ error: 'incomplete', word: '', expected }];
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    if (view.find(path, null, name.text) === undefined)
      return [{ error: 'not-found', word: name.text, span: name.span, expected }];
    const draft = new Draft(view);
    const edited = edit(model, draft, { table: model.catalogue.get(path), parent: null }, name.text);
    if ('fault' in edited) return spanned([edited.fault], { key: name });
    const { opened, key } = edited;
    const secret = toBase32(randomBytes(length));
    const wrong = [
      ...(await set(model, opened, 'two-factor', ['totp'])),
      ...(await set(model, opened, 'totp-secret', [secret])),
      ...close(model, opened, draft),
    ];
    if (wrong.length > 0) return spanned(wrong, {});
    const { faults } = await changes.commit(draft);
    if (faults.length > 0) return faults;
    const issuer = new Settings(model.catalogue, view).hostName;
    const label = [issuer, key].map(encodeURIComponent).join(':');
    const link = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
    print({ lines: [`secret : ${secret}`, `link   : ${link}`], data: () => ({ secret, link }) });
    return [];
  },
} satisfies Operation;
