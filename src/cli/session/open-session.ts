import type { RowId } from '../../../schemas/content.ts';
import type { Credentials, LoginRefusal, Origin } from '../../system/login.ts';
import type { Session } from './session.ts';

export type Opened = {
  readonly session: Session;
  /** Whose session it is: what a client keeps of one account is for no other, not for one that is called the same later. */
  readonly account: RowId;
  /** What the person should know, as that the account has no password. */
  readonly notice: string | null;
};

export type Login = Opened | LoginRefusal;

/** Makes the session of someone who has just come. */
export type OpenSession = (origin: Origin, credentials: Credentials) => Promise<Login>;
