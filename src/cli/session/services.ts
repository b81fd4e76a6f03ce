import type { RowId } from '../../../schemas/content.ts';
import type { SecretKey } from '../../access/secret-key.ts';
import { permissionsNow } from '../../model/account.ts';
import type { Model } from '../../model/model.ts';
import type { Transactions } from '../../model/transactions/transactions.ts';
import type { Author } from '../../store/author.ts';
import type { Configuration } from '../../system/configuration.ts';
import type { KeptState } from '../../system/kept-state.ts';
import type { OwnPassword, Whence } from '../../system/login.ts';
import type { Ping } from '../../system/ping.ts';
import type { DoorAccess } from '../../system/reports/doors.ts';
import type { LoggedUsers } from '../../system/reports/logged-users.ts';
import type { CheckScript } from '../../system/script-check.ts';
import type { Shares } from '../../system/shares.ts';
import type { System } from '../../system/system.ts';
import type { Language } from '../language/language.ts';

/** What a session works with; whoever opens it provides them. */
export type SessionServices = {
  readonly language: Language;
  readonly configuration: Configuration;
  /** The configuration that is committed, where the session works in a transaction over it. */
  readonly committed?: Configuration;
  readonly system: System | undefined;
  /** What can be asked for whether Levee runs or not. */
  readonly kept: () => Promise<KeptState>;
  readonly ping: Ping;
  readonly author: Author;
  /** The door on the network that it came through, and the address; null: none. */
  readonly from: Whence;
  /** Whose session it is: a row of `system admin`, or null for Levee itself. */
  readonly administrator: RowId | null;
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  readonly checkScript: CheckScript;
  /** Entries that are not committed, of all sessions of one Levee. */
  readonly entries: Shares;
  readonly transactions: Transactions;
  /** Absent: it is a session of Levee itself. */
  readonly ownPassword?: OwnPassword;
  readonly users: LoggedUsers;
  /** Undefined: this Levee does not run, and has no door open. */
  readonly doors?: DoorAccess | undefined;
  /** Hears once that the session is over; `reason`: why Levee has ended it, null where the client did. */
  readonly ended?: (reason: string | null) => void;
};

/** The configuration as a session may change it now. */
export function modelOf(services: SessionServices, isRejected: Model['isRejected'] = () => false): Model {
  const { language, configuration, author, from, administrator, secretKey, checkScript } = services;
  // What a transaction would allow is allowed once it is committed.
  const permissions = permissionsNow(services.committed ?? configuration, administrator);
  return {
    catalogue: language.catalogue,
    configuration,
    author,
    administrator,
    from,
    get permissions() {
      return permissions();
    },
    secretKey,
    checkScript,
    isRejected,
  };
}
