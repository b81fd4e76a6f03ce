import type { RowId } from '../../../schemas/content.ts';
import type { Credentials, LoginRefusal, Origin } from '../../system/login.ts';
import type { SessionServices } from './services.ts';
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

/** Why there is no further session. */
export type Refused = { readonly refused: string };

/** Who has come in through a door. */
export type Entrant = {
  readonly account: RowId;
  /** Of the account, as it is now. */
  readonly mayDoEverything: boolean;
};

/** Someone whom a door has let in: they may have several sessions, one beside the other. */
export type Guest = Entrant & {
  /** Of the account, as it is called now. */
  readonly name: string;
  readonly notice: string | null;
  /** One more session; refused where that would be too many, or the account is no longer what it was. */
  open(ended?: (reason: string | null) => void): Session | Refused;
  /** They have gone, with all of their sessions. `reason`: why Levee has sent them away. */
  leave(reason?: string | null): void;
};

/** A guest with a page, who asks for data beside the session in which they act. */
export type PageGuest = Guest & {
  readonly services: SessionServices;
  /** A program in that session's name. What it opens is not listed: the session is. */
  beside(session: Session): Program;
};

/** A program that has shown its token, for one request. */
export type Program = Entrant & {
  /** In whose name it changes the configuration, and with what. */
  readonly services: SessionServices;
  /** A session, which its user closes; refused where there are too many. */
  open(): Session | Refused;
};
