import type { OwnConfiguration } from '../../cluster/configuration/own-configuration.ts';
import type { PolicyKeys } from '../../cluster/policy-keys.ts';
import type { RaisedEvent } from '../../events/events.ts';
import type { Reveal } from '../../policy/reading.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';

/** What a node of a cluster works on. */
export type ClusterHost = {
  readonly table: SharedArrayBuffer;
  readonly policies: ReadonlyMap<number, PolicySnapshot>;
  readonly keys: PolicyKeys;
  readonly configuration: OwnConfiguration;
  readonly reveal: Reveal;
  readonly record: (event: RaisedEvent) => void;
  /** Other nodes have lifted these blocks. */
  readonly lifted: (sources: readonly BlockedSource[]) => void;
};
