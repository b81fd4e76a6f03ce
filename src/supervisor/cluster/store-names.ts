/** What nodes with one prefix call their parts of the store. */
export type StoreNames = {
  /** A hash of blocks by the name of their source; and the channel on which they are told. */
  readonly blocks: string;
  /** A hash of nodes that are there, by their name. */
  readonly nodes: string;
  /** The channel on which nodes tell their counts. */
  readonly frames: string;
  /** What a node holds, whole. */
  row(node: string): string;
  /** A hash with the configuration that they share, of those with one key; and the channel on which a new one is told. */
  readonly configuration: (keyId: string) => string;
};

export function storeNames(prefix: string): StoreNames {
  return {
    blocks: `${prefix}:blocks`,
    nodes: `${prefix}:nodes`,
    frames: `${prefix}:frames`,
    row: (node) => `${prefix}:row:${node}`,
    configuration: (keyId) => `${prefix}:configuration:${keyId}`,
  };
}
