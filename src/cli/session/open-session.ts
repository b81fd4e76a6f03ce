import type { Credentials, LoginRefusal } from '../../system/login.ts';
import type { Session } from './session.ts';

/** `notice`: what the person should know, as that the account has no password. */
export type Opened = { readonly session: Session; readonly notice: string | null };

export type Login = Opened | LoginRefusal;

/** Makes the session of someone who has just come; `origin` is what the client says of itself. */
export type OpenSession = (origin: string, credentials: Credentials) => Promise<Login>;
