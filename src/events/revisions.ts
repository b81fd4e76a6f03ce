import { counted } from '../text/plural.ts';
import { type Actor, defineEvent } from './descriptor.ts';

// Revisions that wait to be confirmed, and transactions that wait to be one.

function actor({ user, ui }: Actor): Actor {
  return { user, ui };
}

type Revised = Actor & { readonly revision: number };

/** A revision is in force, and comes back by itself unless its author confirms it. */
export const confirmationAwaited = defineEvent({
  type: 'confirmation-awaited',
  id: '10000023',
  level: 'warning',
  actor,
  action: 'commit',
  text: ({
    user,
    revision,
    minutes,
    guard,
  }: Revised & { readonly minutes: number; readonly guard: number | null }) =>
    `Revision ${revision} of ${user} is taken back in ${counted(minutes, 'minute')}${guard === null ? '' : `, or when it shuts out more than ${counted(guard, 'source')},`} unless it is confirmed: "execute config-transaction confirm"`,
  details: { revision: ({ revision }) => revision, threshold: ({ guard }) => guard },
});

export const revisionConfirmed = defineEvent({
  type: 'revision-confirmed',
  id: '10000024',
  level: 'notification',
  actor,
  action: 'confirm',
  isExpected: true,
  text: ({ user, ui, revision }: Revised) => `User ${user} confirmed revision ${revision} from ${ui}`,
  details: { revision: ({ revision }) => revision },
});

/**
 * A revision refuses more sources than its author has allowed that the one before it would have admitted: that comes back.
 * `sources`: some of them.
 */
export const guardTripped = defineEvent({
  type: 'guard-tripped',
  id: '10000030',
  level: 'warning',
  actor,
  action: 'rollback',
  text: ({
    user,
    revision,
    most,
    count,
    sources,
  }: Revised & { readonly most: number; readonly count: number; readonly sources: string }) =>
    `Revision ${revision} of ${user} refuses ${counted(count, 'source')} that the one before it would have admitted, and ${most} at most were to be: ${sources}`,
  details: {
    revision: ({ revision }) => revision,
    threshold: ({ most }) => most,
    count: ({ count }) => count,
  },
});

/** It does not stand (`why`), and what was before it is in force again. `failure`: why that is not so; ''. */
export const revisionReverted = defineEvent({
  type: 'revision-reverted',
  id: '10000025',
  level: ({ failure }) => (failure === '' ? 'warning' : 'critical'),
  actor,
  action: 'rollback',
  text: ({
    user,
    revision,
    why,
    failure,
    remarks,
  }: Revised & {
    readonly why: string;
    readonly failure: string;
    /** What of the one before is not as it was. */
    readonly remarks: readonly string[];
  }) =>
    failure === ''
      ? `Revision ${revision} of ${user} does not stand, since ${why}: ${['the one before it is in force again', ...remarks].join('; ')}`
      : `Revision ${revision} of ${user} is not to stand, since ${why}, and the one before it can't be brought back: ${failure}`,
  details: { revision: ({ revision }) => revision, reason: ({ failure }) => failure || null },
});

type Idle = Actor & {
  readonly transaction: number;
  /** Entries that it has changed. */
  readonly changes: number;
};

/** Nobody has worked in a transaction for long: it ends `within` so many milliseconds. */
export const transactionEnding = defineEvent({
  type: 'transaction-ending',
  id: '10000029',
  level: 'warning',
  actor,
  action: 'abort',
  text: ({ user, transaction, changes, within }: Idle & { readonly within: number }) =>
    `Transaction ${transaction} of ${user}, with ${counted(changes, 'entry', 'entries')}, ends in ${counted(Math.ceil(within / 60_000), 'minute')} since nobody works in it: "execute config-transaction resume ${transaction}"`,
  details: { count: ({ changes }) => changes },
});

/** Nobody has worked in a transaction for a day: nothing of it was committed. */
export const transactionExpired = defineEvent({
  type: 'transaction-expired',
  id: '10000026',
  level: 'warning',
  actor,
  action: 'abort',
  text: ({ user, transaction, changes }: Idle) =>
    `Transaction ${transaction} of ${user} has ended, with ${counted(changes, 'entry', 'entries')} that nobody has committed: nobody worked in it for a day`,
  details: { count: ({ changes }) => changes },
});
