import { WrittenRecords } from '../logs/files/written-records.ts';
import { storedBlocks } from '../supervisor/reports/stored-blocks.ts';
import type { KeptBlocks } from '../system/kept-blocks.ts';
import type { KeptState } from '../system/kept-state.ts';
import type { StoredConfiguration } from './configuration/configuration.ts';
import type { StateDirectory } from './state/state-directory.ts';

type Home = {
  readonly state: StateDirectory;
  readonly blocks: KeptBlocks;
  readonly configuration: StoredConfiguration;
};

/** What an installation has kept that nobody runs. */
export function keptState({ state, blocks, configuration }: Home): KeptState {
  return {
    records: new WrittenRecords(state.log),
    blocks(only) {
      const { compiled, view } = configuration;
      const policies = new Map(compiled.snapshot.policies.map((policy) => [policy.id, policy]));
      const nameless = (id: number): { readonly name: string; readonly monitorMode: boolean } => ({
        name: view.row(id)?.key ?? String(id),
        monitorMode: false,
      });
      return storedBlocks(blocks, (id) => policies.get(id) ?? nameless(id), only);
    },
  };
}
