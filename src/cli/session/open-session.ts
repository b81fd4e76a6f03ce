import type { Credentials, LoginRefusal, Origin } from '../../system/login.ts';
import type { Session } from './session.ts';

/** `notice`: what the person should know, as that the account has no password. */
export type Opened = { readonly session: Session; readonly notice: string | null };

export type Login = Opened | LoginRefusal;

/** Makes the session of someone who has just come. */
export type OpenSession = (origin: Origin, credentials: Credentials) => Promise<Login>;
