import type { ClusterNode } from '../../supervisor/cluster/cluster-node.ts';
import type { SharedConfiguration } from '../../system/shared-configuration.ts';
import type { NodeConfiguration } from './node-configuration.ts';

/** What administrators of this node may do about the configuration that it has in common with others. */
export function sharedConfigurationOf(
  cluster: Pick<ClusterNode, 'configuration'>,
  own: Pick<NodeConfiguration, 'difference'>,
): SharedConfiguration {
  return {
    difference: async () => await own.difference(await cluster.configuration.newest()),
    adopt: async () => await cluster.configuration.adopt(),
    publish: async () => await cluster.configuration.publish(),
  };
}
