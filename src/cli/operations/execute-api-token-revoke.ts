import { remove } from '../../model/changes/remove.ts';
import { Draft } from '../../store/draft.ts';
import { type Faults, superfluous } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Operation } from '../language/operation.ts';
import { apiTokens } from '../operands/api-token.ts';
import { keySuggestions } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['api-token', 'revoke'],
  parameters: '"<name>"',
  help: 'Take a token away: from now on nobody comes in by it',
  requires: { area: 'admingrp', access: 'w' },
  api: 'acts',
  suggest({ levels, model }, { length }, prefix) {
    return length === 0 ? keySuggestions(levels.view, model.catalogue.get(apiTokens), null, prefix) : [];
  },
  async run({ levels, model, changes, person }, [name, extra]): Promise<Faults> {
    if (name === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of a program' }];
    if (extra !== undefined) return [superfluous(extra)];
    const draft = new Draft(levels.view);
    const open = { table: model.catalogue.get(apiTokens), parent: null };
    const faults = remove(model, draft, open, name.text);
    if (faults.length > 0) return spanned(faults, { key: name });
    const committed = await changes.commit(draft);
    if (committed.faults.length === 0) person?.remark(`the token of "${name.text}" is revoked`);
    return committed.faults;
  },
} satisfies Operation;
