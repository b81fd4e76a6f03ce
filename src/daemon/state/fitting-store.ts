import type { Catalogue } from '../../../schemas/catalogue.ts';
import { Store } from '../../store/store.ts';
import { productVersion } from '../../system/version.ts';

/** A store of which every row fits the schemas of this Levee. Throws as `Store`, and where another Levee has written it. */
export function fittingStore(file: string, catalogue: Catalogue, isShared = false): Store {
  const store = new Store(file, catalogue, isShared);
  try {
    store.checkFit(catalogue, productVersion);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}
