import type { Event } from '../../events/events.ts';
import { configurationOrdered } from '../../events/shared-configuration.ts';
import type { Author } from '../../store/author.ts';
import type { ClusterNode } from '../../supervisor/cluster/cluster-node.ts';
import type { SharedConfiguration } from '../../system/shared-configuration.ts';
import type { NodeConfiguration } from './node-configuration.ts';

/** What administrators of this node may do about the configuration that it has in common with others. */
export function sharedConfigurationOf(
  cluster: Pick<ClusterNode, 'configuration'>,
  own: Pick<NodeConfiguration, 'difference'>,
  record: (event: Event) => void,
): SharedConfiguration {
  const done = ({ name, origin }: Author, isTaken: boolean): void =>
    record(configurationOrdered({ user: name, ui: origin, isTaken }));
  return {
    difference: async () => await own.difference(await cluster.configuration.newest()),
    adopt: async (author) => {
      await cluster.configuration.adopt();
      done(author, true);
    },
    publish: async (author) => {
      await cluster.configuration.publish();
      done(author, false);
    },
  };
}
