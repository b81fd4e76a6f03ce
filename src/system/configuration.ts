import type { RowId } from '../../schemas/content.ts';
import type { Author } from '../store/author.ts';
import type { Conflict } from '../store/conflicts.ts';
import type { Draft } from '../store/draft.ts';
import type { History } from '../store/history/history.ts';
import type { Past } from '../store/history/past.ts';
import type { View } from '../store/view.ts';

/** Why a configuration as a whole can't be applied, although each of its rows is valid. */
export type Objection = {
  readonly error: 'policy-not-applicable' | 'must-be-set' | 'last-administrator';
  /** The row that it is about. */
  readonly row: RowId;
  /** Its name, or that of the field that must be set. */
  readonly name: string;
  /** What would do, or stands against it. */
  readonly reason: string;
};

export type Rejection =
  | { readonly kind: 'conflict'; readonly conflict: Conflict }
  | { readonly kind: 'objection'; readonly objection: Objection }
  | { readonly kind: 'not-saved'; readonly reason: string };

export type CommitReply = {
  /** The one that it has made; null: it has changed nothing, or was rejected. */
  readonly revision: number | null;
  readonly rejections: readonly Rejection[];
  /** What the author should know although it was done. */
  readonly notices: readonly string[];
  /** Settles when live traffic is judged by the new configuration, with what could not be done of it yet. */
  readonly applied: Promise<readonly string[]>;
};

/** Where a policy would listen on this machine. */
export type PolicyListening = {
  /** Of the policy. */
  readonly row: RowId;
  /** Addresses with their ports; none while it is disabled. */
  readonly places: readonly string[];
  /** Interfaces that have no address here, and why. */
  readonly missing: readonly { readonly interface: string; readonly reason: string }[];
  /** Servers that it may relay to. */
  readonly servers: number;
};

/** What a session needs of the configuration; whoever runs the session implements it. */
export interface Configuration {
  readonly view: View;
  /** What stands against committing this draft now. */
  check(draft: Draft): readonly Rejection[];
  /** Validates, writes and applies a draft, or does nothing of it. `comment`: why, as its author says. */
  commit(draft: Draft, author: Author, comment?: string): CommitReply;
  /** Keeps what was committed after a revision from being forgotten, until the returned function is called. */
  keep(after: () => number): () => void;
  /** What was committed. */
  readonly history: Pick<History, 'list' | 'get' | 'oldest' | 'setComment'>;
  /** What stands now, to go to other revisions from; whoever goes in turns begins anew `beforeRevision`. */
  readonly present: Past;
  /** Tells of each revision once it is saved, before anything else happens, until the returned function is called. */
  onRevision(listener: (author: Author) => void): () => void;
  /**
   * Calls back right before something is written, until the returned function is called: whoever shows what stands has
   * to look at all of it then.
   */
  beforeRevision(listener: () => void): () => void;
  /** Where the policies of this configuration, or of a draft, would listen. */
  listening(draft?: Draft): readonly PolicyListening[];
  /** What a replay needs of this configuration, or of a draft that `check` lets pass. */
  replayPlan(draft?: Draft): string;
}
