import type { RowId } from '../../schemas/content.ts';
import type { Author } from '../store/author.ts';
import type { Conflict } from '../store/conflicts.ts';
import type { Draft } from '../store/draft.ts';
import type { History } from '../store/history/history.ts';
import type { Past } from '../store/history/past.ts';
import type { Written } from '../store/store.ts';
import type { View } from '../store/view.ts';

/** Why a configuration as a whole can't be applied, although each of its rows is valid. */
export type Objection = {
  readonly error: 'policy-not-applicable' | 'must-be-set' | 'door-not-applicable' | 'last-administrator';
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
  /** Nobody else may commit for now. `by`: who holds it. */
  | { readonly kind: 'held'; readonly by: string; readonly reason: string }
  /** A revision of somebody is to be confirmed first. `within`: milliseconds until it comes back. */
  | { readonly kind: 'unconfirmed'; readonly revision: number; readonly by: string; readonly within: number }
  | { readonly kind: 'not-saved'; readonly reason: string };

export type CommitReply = {
  /** The one that it has made; null: it has changed nothing, or was rejected. `pending`: it waits in a transaction. */
  readonly revision: number | 'pending' | null;
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

export type CommitOptions = {
  /** Why, as its author says. */
  readonly comment?: string;
  /** It comes back by itself unless this administrator confirms it within so many milliseconds. */
  readonly confirm?: {
    readonly within: number;
    readonly administrator: RowId | null;
    /** It comes back at once when it shuts out more sources than this; null: it does not. */
    readonly guard: number | null;
  };
  /** Also while another revision waits for its confirmation, or somebody works alone: it is no change of theirs. */
  readonly evenHeld?: boolean;
  /** Done in the transaction that saves it. */
  readonly alongside?: (written: Written) => void;
};

/** A revision that comes back by itself unless its author confirms it. */
export type AwaitedConfirmation = {
  readonly revision: number;
  readonly author: string;
  /** Milliseconds that are left. */
  readonly remaining: number;
  /** How many sources it may shut out, and how many it has so far; null: as many as there are. */
  readonly guard: { readonly most: number; readonly shutOut: number } | null;
};

/** Who alone may commit for now, and why; a commit of `draft` is theirs. */
export type Hold = { readonly draft: Draft; readonly by: string; readonly reason: string };

/** What a draft would make of what runs. */
export type Preview = {
  /** Listeners that would open and close, `address port` with the name of their policy. */
  readonly opens: readonly string[];
  readonly closes: readonly string[];
  /** Connections that each source may hold, by policy (row id), before and after; 0 = no limit. */
  readonly thresholds: ReadonlyMap<
    RowId,
    { readonly name: string; readonly before: number; readonly after: number }
  >;
};

/** What a session needs of the configuration; whoever runs the session implements it. */
export interface Configuration {
  readonly view: View;
  /** What stands against committing this draft now. */
  check(draft: Draft): readonly Rejection[];
  /** What the author of a draft should know, although `check` lets it pass: as a commit would say it. */
  notices(draft: Draft): readonly string[];
  /** Validates, writes and applies a draft, or does nothing of it. */
  commit(draft: Draft, author: Author, options?: CommitOptions): CommitReply;
  /** The revision that waits for its confirmation. While it does, nobody commits. */
  readonly awaited: AwaitedConfirmation | undefined;
  /**
   * Confirms the revision that waits. Gives whose it is where that is somebody else, and why that can't be saved; null:
   * none waits.
   *
   * @param evenOfOthers for whoever may do everything: nobody can shut them out
   */
  confirm(
    administrator: RowId | null,
    author: Author,
    evenOfOthers?: boolean,
  ):
    | { readonly revision: number }
    | { readonly revision: number; readonly of: string }
    | { readonly unsaved: string }
    | null;
  /** Lets nobody else commit until the returned function is called. */
  hold(hold: Hold): () => void;
  /** What a draft would make of what runs, which `check` lets pass. */
  preview(draft: Draft): Preview;
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
