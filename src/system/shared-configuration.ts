import type { Author } from '../store/author.ts';
import type { Draft } from '../store/draft.ts';

/** The configuration that nodes of a cluster have in common. Every call rejects with a reason where it can't be done. */
export interface SharedConfiguration {
  /** What would change here if the shared one was taken over. */
  difference(): Promise<Draft>;
  /** Takes the shared one over, whatever stands here. */
  adopt(author: Author): Promise<void>;
  /** Has all other nodes take over the one of this node. */
  publish(author: Author): Promise<void>;
}
