import type { FileEvent } from '../files/rotating-file.ts';
import type { TargetEvent } from '../targets/sending-queue.ts';

/** Someone who does something: an administrator, and where from (`console`, `import rules.conf`). */
export type Actor = { readonly user: string; readonly ui: string };

export type ConfigurationChange = Actor & {
  readonly type: 'configuration-changed';
  readonly revision: number;
  readonly path: string;
  /** Keys from the top-level row down to this one; one empty key for a singleton. */
  readonly keys: readonly string[];
  readonly change: 'created' | 'changed' | 'deleted' | 'renamed' | 'moved';
  /** The field that has another value now; null: none has. Values are text; '' = not set; secrets are concealed. */
  readonly field: string | null;
  readonly old: string;
  readonly new: string;
};

/** What is written into the event log. Plain data. */
export type Event =
  | { readonly type: 'started'; readonly revision: number; readonly workers: number }
  | { readonly type: 'stopped' }
  | ConfigurationChange
  /** Of a revision, what had no line of its own. */
  | (Actor & {
      readonly type: 'configuration-changed-more';
      readonly revision: number;
      readonly changes: number;
    })
  /** The data plane runs a revision; `failures`: what it could not do of it yet. */
  | { readonly type: 'reloaded'; readonly revision: number; readonly failures: readonly string[] }
  | (Actor & { readonly type: 'login' })
  | (Actor & { readonly type: 'login-refused'; readonly reason: string; readonly lockedOut: boolean })
  | (Actor & { readonly type: 'logout' })
  | (Actor & { readonly type: 'block-lifted'; readonly policy: string; readonly source: string })
  | {
      readonly type: 'listener-failed';
      readonly policy: string;
      readonly endpoint: string;
      readonly reason: string;
    }
  | { readonly type: 'listener-recovered'; readonly policy: string; readonly endpoint: string }
  | {
      readonly type: 'member-down';
      readonly pool: string;
      readonly member: string;
      readonly reason: string;
    }
  | { readonly type: 'member-up'; readonly pool: string; readonly member: string }
  | { readonly type: 'no-member'; readonly policy: string; readonly reason: string }
  /** `clients`: how many were reset in between. */
  | { readonly type: 'member-available'; readonly policy: string; readonly clients: number }
  | { readonly type: 'check-refused'; readonly check: string; readonly reason: string }
  | { readonly type: 'name-failed'; readonly name: string; readonly reason: string }
  | { readonly type: 'name-changed'; readonly name: string; readonly address: string }
  | {
      readonly type: 'worker-ended';
      readonly worker: number;
      readonly cause: string;
      readonly connections: number;
    }
  /** `refused`: connections that were reset since the last such event. */
  | {
      readonly type: 'descriptors-exhausted';
      readonly worker: number;
      readonly refused: number;
      readonly limit: number;
    }
  | {
      readonly type: 'sources-table-full';
      readonly admits: boolean;
      readonly capacity: number;
    }
  /** `refused`: connections of all peers since the last such event. */
  | {
      readonly type: 'proxy-header-refused';
      readonly policy: string;
      readonly peer: string;
      readonly reason: string;
      readonly refused: number;
    }
  | {
      readonly type: 'script-failed';
      readonly policy: string;
      readonly script: string;
      readonly line: number;
      readonly reason: string;
    }
  /** `occasion`: the event in which it was said. */
  | {
      readonly type: 'script-said';
      readonly policy: string;
      readonly script: string;
      readonly occasion: string;
      readonly isDebug: boolean;
      readonly message: string;
    }
  /** It does nothing any more, until it or its policy is changed. `script`: '' for all of the policy. */
  | {
      readonly type: 'script-switched-off';
      readonly policy: string;
      readonly script: string;
      readonly reason: string;
    }
  /** What scripts have lost: their state, or lines of theirs. */
  | { readonly type: 'script-notice'; readonly policy: string; readonly reason: string }
  /** Blocks would not outlive this process. */
  | { readonly type: 'blocks-not-kept'; readonly reason: string }
  /** The logs about themselves. */
  | TargetEvent
  | FileEvent;

/** A change of the configuration as the store records it; a field with what it held before and holds now. */
export type RecordedFields = {
  readonly path: string;
  readonly keys: readonly string[];
  readonly kind: ConfigurationChange['change'];
  readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
};

/** Lines that one revision may have: an import of 100,000 rows must not push everything else out of the log. */
const mostChanges = 200;

/** Characters of a value that a line shows: a script or a list in full is in the revision. */
const longestValue = 200;

/** What stands in the place of a secret. */
const concealed = '******';

/** The events of one revision. `isSecret`: whether nothing may show what a field holds. */
export function configurationEvents(
  actor: Actor,
  revision: number,
  changes: readonly RecordedFields[],
  isSecret: (path: string, field: string) => boolean,
): Event[] {
  const events: Event[] = [];
  let more = 0;
  for (const { path, keys, kind, fields } of changes) {
    const common = { ...actor, type: 'configuration-changed', revision, path, keys, change: kind } as const;
    // What a deleted row has held is in the revision.
    const touched = kind === 'deleted' ? [] : Object.entries(fields);
    const wanted = Math.max(1, touched.length);
    if (events.length + wanted > mostChanges) {
      more += wanted;
    } else if (touched.length === 0) {
      events.push({ ...common, field: null, old: '', new: '' });
    } else {
      for (const [field, [before, after]] of touched) {
        const print = isSecret(path, field) ? concealedText : valueText;
        const change = kind === 'renamed' && field !== 'name' ? 'changed' : kind;
        events.push({ ...common, change, field, old: print(before), new: print(after) });
      }
    }
  }
  return more === 0
    ? events
    : [...events, { ...actor, type: 'configuration-changed-more', revision, changes: more }];
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const characters = [...text];
  if (characters.length <= longestValue) return text;
  return `${characters.slice(0, longestValue).join('')}... (${characters.length} characters)`;
}

function concealedText(value: unknown): string {
  return value === null || value === undefined ? '' : concealed;
}
