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
  /** Messages that were not sealed with the key of this node, or that it can't read. */
  readonly unreadable: number;
  readonly peers: readonly ClusterPeer[];
};
