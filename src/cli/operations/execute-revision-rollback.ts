import type { Catalogue } from '../../../schemas/catalogue.ts';
import { rollback } from '../../model/changes/rollback.ts';
import type { Draft } from '../../store/draft.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { commentIn, longestComment, revisionNamed, revisionSuggestions } from '../operands/revision.ts';
import { outsideTransaction } from '../operands/transaction.ts';
import { Settings } from '../session/settings/settings.ts';
import { choices, hint } from '../typing/suggestion.ts';

/** A revision of before the configuration was shared ends that, which nobody expects who wants a rule back. */
function leavesOthers(catalogue: Catalogue, draft: Draft): string[] {
  const formerly = draft.base.revision;
  const [before, after] = [draft.base, draft].map(
    (view) => new Settings(catalogue, view).sharesConfiguration,
  );
  if (!before || after) return [];
  return [
    'this node has its configuration for itself now, as in that revision; the other nodes go on without it',
    `to share again: "execute revision rollback ${formerly}" or "config system cluster", then "execute cluster adopt" takes over what they have`,
  ];
}

export default {
  verb: 'execute',
  words: ['revision', 'rollback'],
  alsoCalled: ['revert', 'undo'],
  parameters: '<revision> [comment "<comment>"]',
  help: 'Bring back the configuration of a revision, as a new revision; passwords stay what they are',
  requires: { area: 'mntgrp', access: 'w' },
  api: 'acts',
  suggest(position, { length }) {
    if (length === 0) return revisionSuggestions(position, 'The revision that is to come back');
    if (length === 1) return choices({ comment: 'Why, in quotes, follows' });
    return length === 2 ? [hint('"<comment>"', `At most ${longestComment} characters`)] : [];
  },
  async run({ model, changes, print, transactions }, parameters): Promise<Faults> {
    const within = outsideTransaction(transactions);
    if (within !== undefined) return [within];
    const reading = commentIn(parameters);
    if ('fault' in reading) return [reading.fault];
    const [word, extra] = reading.others;
    if (word === undefined) return [{ error: 'incomplete', word: '', expected: 'the number of a revision' }];
    const named = revisionNamed(model.configuration, word);
    if ('fault' in named) return [named.fault];
    if (extra !== undefined) return [superfluous(extra)];
    const { number } = named;
    const back = await rollback(model, number);
    if ('fault' in back) return [{ ...back.fault, span: word.span }];
    const remarks = [...back.remarks, ...leavesOthers(model.catalogue, back.draft)];
    if (back.draft.isIdle) {
      const text = `nothing differs from revision ${number}: there is no new revision`;
      print({ lines: [text, ...remarks], data: () => ({ revision: null, broughtBack: number, remarks }) });
      return done;
    }
    const comment = reading.comment || `rollback to revision ${number}`;
    const { faults, revision } = await changes.commit(back.draft, { comment });
    if (faults.length > 0) return faults;
    print({
      // That nothing has changed is said wherever that is so.
      lines: [
        ...(revision === null ? [] : [`revision ${revision} brings revision ${number} back`]),
        ...remarks,
      ],
      data: () => ({ revision, broughtBack: number, remarks }),
    });
    return done;
  },
} satisfies Operation;
