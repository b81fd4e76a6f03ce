import type { FieldObjection } from '../policy/field-objection.ts';
import { oneOf } from '../policy/one-of.ts';
import type { Reading, Sealed, SourceRow } from '../policy/reading.ts';

/** A server of the store that the nodes have between them. */
export type StoreServer = {
  readonly server: string;
  readonly port: number;
  readonly username: string;
  readonly password: Sealed;
  /** Null: in clear. */
  readonly tls: {
    /** In PEM; '': those that the machine trusts. */
    readonly authorities: string;
    /** What Levee shows of itself; null: nothing. */
    readonly identity: { readonly certificate: string; readonly key: Sealed } | null;
  } | null;
};

/** What a node does that the others don't hear: as if it were alone, with its part of the limit, or nothing. */
export type OnPartition = 'local' | 'share' | 'closed';

const partitions: readonly OnPartition[] = ['local', 'share', 'closed'];

export type CountSettings = {
  readonly onPartition: OnPartition;
  /** Connections of a source that a node admits before others know of them; 0: the usual number. */
  readonly blindAllowance: number;
};

export type ClusterSettings = {
  readonly node: string;
  readonly key: Sealed;
  readonly prefix: string;
  readonly sharesBlocks: boolean;
  /** Null: each node counts for itself. */
  readonly counts: CountSettings | null;
  readonly sharesConfiguration: boolean;
  /** In the order in which they are tried. */
  readonly servers: readonly StoreServer[];
};

/** Null: this node is by itself. */
export function compileCluster(reading: Reading): ClusterSettings | null {
  const row = reading.singleton('system cluster');
  if (!reading.isEnabled(row, 'status')) return null;
  return {
    node: reading.text(row, 'node-name'),
    key: reading.sealed(row, 'key'),
    prefix: reading.text(row, 'key-prefix'),
    sharesBlocks: reading.isEnabled(row, 'share-blocks'),
    counts: reading.isEnabled(row, 'share-counts')
      ? {
          onPartition: oneOf(partitions, reading.text(row, 'on-partition')),
          blindAllowance: reading.number(row, 'blind-allowance'),
        }
      : null,
    sharesConfiguration: reading.isEnabled(row, 'share-config'),
    servers: serversOf(reading, row).map((server) => serverOf(reading, server)),
  };
}

export function clusterObjections(reading: Reading): readonly FieldObjection[] {
  const row = reading.singleton('system cluster');
  if (!reading.isEnabled(row, 'status')) return [];
  const unset = ['node-name', 'key', 'key-prefix'].filter((field) => reading.text(row, field) === '');
  const missing = unset.map((field) => ({
    row: row.id,
    field,
    reason: 'cluster with status enable needs it',
  }));
  if (serversOf(reading, row).length === 0)
    missing.push({ row: row.id, field: 'server-list', reason: 'cluster with status enable needs a server' });
  return missing;
}

function serversOf(reading: Reading, row: SourceRow): readonly SourceRow[] {
  return row.id === 0 ? [] : reading.source.rows('system cluster server-list', row.id);
}

function serverOf(reading: Reading, row: SourceRow): StoreServer {
  const certificate = reading.text(row, 'certificate');
  const identity = certificate === '' ? null : { certificate, key: reading.sealed(row, 'private-key') };
  return {
    server: reading.text(row, 'server'),
    port: reading.number(row, 'port'),
    username: reading.text(row, 'username'),
    password: reading.sealed(row, 'password'),
    tls: reading.isEnabled(row, 'tls') ? { authorities: reading.text(row, 'ca'), identity } : null,
  };
}
