import { counted } from '../text/plural.ts';
import { type Actor, defineEvent } from './descriptor.ts';

// What administrators do.

function actor({ user, ui }: Actor): Actor {
  return { user, ui };
}

type Change = 'created' | 'changed' | 'deleted' | 'renamed' | 'moved';

/** One field of a row that has another value now, or a row. */
type ConfigurationChange = Actor & {
  readonly revision: number;
  readonly path: string;
  /** Keys from the top-level row down to this one; one empty key for a singleton. */
  readonly keys: readonly string[];
  readonly change: Change;
  /** The field that has another value now; null: none has. Values are text; '' = not set; secrets are concealed. */
  readonly field: string | null;
  readonly old: string;
  readonly new: string;
};

const actions: Readonly<Record<Change, string>> = {
  created: 'add',
  changed: 'edit',
  deleted: 'delete',
  renamed: 'rename',
  moved: 'move',
};

const verbs: Readonly<Record<Change, string>> = {
  created: 'added',
  changed: 'changed',
  deleted: 'deleted',
  renamed: 'renamed',
  moved: 'moved',
};

export const configurationChanged = defineEvent({
  type: 'configuration-changed',
  id: '10000010',
  level: 'notification',
  actor,
  action: ({ change }) => actions[change],
  isExpected: true,
  text({ user, ui, change, path, keys, field, old, new: now }: ConfigurationChange): string {
    const named = (all: readonly string[]): string =>
      [path, ...all.filter((key) => key !== '').map((key) => `"${key}"`)].join(' ');
    const entry = named(keys);
    if (change === 'renamed' && field !== null) {
      return `User ${user} renamed ${named([...keys.slice(0, -1), old])} to "${now}" from ${ui}`;
    }
    if (change === 'deleted') {
      return `User ${user} deleted ${entry}${field === null ? '' : `, with ${field} ${old}`} from ${ui}`;
    }
    const what =
      field === null
        ? ''
        : ` ${field}${old === '' ? '' : ` from ${old}`} ${now === '' ? 'to its default' : `to ${now}`}`;
    const set = field === null || change === 'changed' ? '' : ', set';
    return `User ${user} ${verbs[change]} ${entry}${set}${what} from ${ui}`;
  },
  details: {
    revision: ({ revision }) => revision,
    cfgpath: ({ path }) => path,
    cfgobj: ({ keys }) => keys.join(' / '),
    cfgattr: ({ field }) => field,
    old: ({ field, old }) => (field === null ? null : old),
    new: ({ field, new: now }) => (field === null ? null : now),
  },
});

/** `changes`: those of a revision that have no event of their own. */
export const configurationChangedMore = defineEvent({
  type: 'configuration-changed-more',
  id: '10000011',
  level: 'notification',
  actor,
  action: 'edit',
  isExpected: true,
  text: ({ user, ui, changes, revision }: Actor & { readonly revision: number; readonly changes: number }) =>
    `User ${user} made ${counted(changes, 'more change')} from ${ui} in revision ${revision}`,
  details: { revision: ({ revision }) => revision, count: ({ changes }) => changes },
});

export const login = defineEvent({
  type: 'login',
  id: '10000017',
  level: 'information',
  actor,
  action: 'login',
  isExpected: true,
  text: ({ user, ui }: Actor) => `User ${user} logged in from ${ui}`,
});

type RefusedLogin = {
  /** Null: there is no such account. What was typed for its name may be a password. */
  readonly user: string | null;
  readonly ui: string;
  readonly reason: string;
  /** Wrong tries from there, with this one. */
  readonly failures: number;
  /** As many as the configuration allows, or more. */
  readonly isMany: boolean;
};

export const loginRefused = defineEvent({
  type: 'login-refused',
  id: '10000018',
  level: ({ isMany }) => (isMany ? 'alert' : 'warning'),
  actor: ({ user, ui }) => ({ user: user ?? '', ui }),
  action: 'login',
  isFailure: true,
  isExpected: true,
  text: ({ user, ui, reason, failures }: RefusedLogin) =>
    `${user === null ? 'Somebody' : `User ${user}`} could not log in from ${ui}: ${reason}${failures > 1 ? `, ${failures} times by now` : ''}`,
  details: { reason: ({ reason }) => reason, count: ({ failures }) => failures },
});

/** `reason`: why Levee has ended the session; null: whoever came has gone. */
export const logout = defineEvent({
  type: 'logout',
  id: '10000019',
  level: 'information',
  actor,
  action: 'logout',
  isExpected: true,
  text: ({ user, ui, reason }: Actor & { readonly reason: string | null }) =>
    `User ${user} ${reason === null ? 'logged' : 'was logged'} out from ${ui}${reason === null ? '' : `: ${reason}`}`,
  details: { reason: ({ reason }) => reason },
});

export const blockLifted = defineEvent({
  type: 'block-lifted',
  id: '10000020',
  level: 'notification',
  actor,
  action: 'unblock',
  isExpected: true,
  text: ({ user, ui, policy, source }: Actor & { readonly policy: string; readonly source: string }) =>
    `User ${user} ended the block of ${source} in policy "${policy}" from ${ui}`,
  details: { policy: ({ policy }) => policy, src: ({ source }) => ({ word: source }) },
});

export const blockOrdered = defineEvent({
  type: 'block-ordered',
  id: '10000031',
  level: 'notification',
  actor,
  action: 'block',
  isExpected: true,
  text: ({
    user,
    ui,
    policy,
    source,
    seconds,
  }: Actor & { readonly policy: string; readonly source: string; readonly seconds: number }) =>
    `User ${user} blocked ${source} in policy "${policy}" for ${counted(seconds, 'second')} from ${ui}`,
  details: { policy: ({ policy }) => policy, src: ({ source }) => ({ word: source }) },
});

/** A record that an administrator has sent to see whether it arrives: as bad as what usually is. */
export const logTested = defineEvent({
  type: 'log-tested',
  id: '10000028',
  level: 'alert',
  action: 'test',
  isExpected: true,
  actor,
  text: ({ user, trigger }: Actor & { readonly trigger: string }) =>
    `${user} tests who is told by trigger policy "${trigger}"`,
});

/** A code lets in once for as long as this process runs; another one would not know of those used in the last minutes. */
export const codesNotKept = defineEvent({
  type: 'codes-not-kept',
  id: '11000155',
  level: 'error',
  action: 'login',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) =>
    `it can't be kept which one-time codes were used, and until 90 seconds after a restart they let in again: ${reason}`,
});
