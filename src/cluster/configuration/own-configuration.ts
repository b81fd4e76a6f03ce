import type { Head } from './head.ts';
import type { Image } from './image.ts';

/** A shared configuration, and those that it comes from. */
export type Shared = { readonly head: Head; readonly past: readonly string[]; readonly image: Image };

/** `fault`: why it can't be taken over. */
export type Taken = 'taken' | 'changed-meanwhile' | { readonly fault: string };

/** The configuration of this node, for whoever shares it. */
export interface OwnConfiguration {
  /** What this node had in common with the others last; null: nothing yet. */
  readonly standing: Shared | null;
  /** Another one after each commit here. */
  readonly revision: number;
  /** Whether it is to be had in common: the commit that ends that is nobody else's, nor what it changes besides. */
  readonly isShared: boolean;
  /** Why it is not to be shared yet, as it may be taken back; '': it is. */
  readonly waits: string;
  /** Who has made it differ from what stands: of several the last. Null: nobody has committed since. */
  readonly author: Pick<Head, 'author' | 'origin' | 'comment'> | null;
  /** Rejects with a reason where it can't be told. */
  image(): Promise<Image>;
  /** Whether anything would change if this was taken over; also where it can't be. */
  differsFrom(image: Image): Promise<boolean>;
  /** Takes a configuration over, after which `standing` is what is in common, if the revision here is still this one. */
  take(image: Image, standing: Shared, revision: number): Promise<Taken>;
  /** From now on this is what is in common, as a revision here says. Nothing changes by that. */
  stand(standing: Shared, revision: number): Promise<void>;
}
