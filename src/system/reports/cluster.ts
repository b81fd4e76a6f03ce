/** Another node that is there. */
export type ClusterPeer = {
  readonly node: string;
  /** ISO 8601. */
  readonly since: string;
  /** Milliseconds since it said so last. */
  readonly silent: number;
  /** Milliseconds by which its clock is ahead of that of the store. */
  readonly clockAhead: number;
  readonly version: string;
  /** Versions of messages that it understands: `1-2`. */
  readonly speaks: string;
  /** The shared revision that it runs; 0: none. */
  readonly configuration: number;
  /** Why it does not run the newest one, or ''. */
  readonly fault: string;
};

/** How counts are shared. */
export type CountsReport = {
  /** `joining`: others may not know yet what is held here. `cut-off`: they do not hear this node. */
  readonly standing: 'joining' | 'sharing' | 'cut-off';
  readonly onPartition: 'local' | 'share' | 'closed';
  /** With this one; 0: it has never known. */
  readonly nodes: number;
  /** Milliseconds since others were heard. */
  readonly peers: readonly { readonly node: string; readonly age: number }[];
};

/** A source of which nodes tell each other. */
export type SharedSourceReport = {
  readonly policy: string;
  readonly source: string;
  /** Connections that it holds at this node, and at all others. */
  readonly own: number;
  readonly remote: number;
  /** Those that have told of it, by their names. */
  readonly nodes: readonly { readonly node: string; readonly open: number }[];
};

/** The configuration that a node has in common with the others. */
export type ConfigurationReport = {
  /**
   * `ahead`: what was committed here is not shared yet. `conflict`: others have changed the same. `undecided`: it has
   * never followed them, and differs. `refused`: it can't run theirs.
   */
  readonly state: 'same' | 'ahead' | 'conflict' | 'undecided' | 'refused';
  /** Why it is not the same, or ''. */
  readonly reason: string;
  /** The shared revision that it has followed last; 0: none. Its node, author and time (ISO 8601), or ''. */
  readonly number: number;
  readonly node: string;
  readonly author: string;
  readonly time: string;
  /** That of the store. */
  readonly newest: number;
};

/** What a node has of the others. */
export type ClusterReport = {
  readonly node: string;
  /** `named-twice`: another node has this name, and this one does not take part. */
  readonly state: 'connected' | 'unreachable' | 'named-twice';
  /** The server of the store, or ''. */
  readonly server: string;
  /** Why it is not connected, or ''. */
  readonly reason: string;
  readonly clockAhead: number;
  /** Versions of messages that this node understands, and the one in which it writes. */
  readonly speaks: string;
  readonly spoken: number;
  /** Blocks that all nodes know of. */
  readonly blocks: number;
  /** Null: it shares none. */
  readonly configuration: ConfigurationReport | null;
  /** Messages that were not sealed with the key of this node, or that it can't read. */
  readonly unreadable: number;
  readonly peers: readonly ClusterPeer[];
  /** Null: each node counts for itself. */
  readonly counts: CountsReport | null;
};
