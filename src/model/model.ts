import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import type { Permissions } from '../access/permissions.ts';
import type { SecretKey } from '../access/secret-key.ts';
import type { Author } from '../store/author.ts';
import type { Configuration } from '../system/configuration.ts';
import type { Whence } from '../system/login.ts';
import type { CheckScript } from '../system/script-check.ts';

/** The configuration in the hands of one author: what every change needs. Each change is a file of this folder. */
export type Model = {
  readonly catalogue: Catalogue;
  readonly configuration: Configuration;
  /** In whose name changes are committed. */
  readonly author: Author;
  /** Whose account that is; null: Levee itself. */
  readonly administrator: RowId | null;
  /** The door on the network that the author came through, and their address; null: none. */
  readonly from: Whence;
  /** What the author may see and change at the moment of asking. */
  readonly permissions: Permissions;
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  readonly checkScript: CheckScript;
  /** Whether an entry of that name could not be taken before, so that it is no news that it is missing. */
  isRejected(table: string, key: string): boolean;
};
