import type { Session } from './session/session.ts';

/** Who wants a session. No name: whoever owns the state directory, as `admin`. */
export type Credentials = {
  readonly name: string | null;
  readonly password: string | null;
  /** For an account whose password must be changed at this login. */
  readonly newPassword: string | null;
};

export const noCredentials: Credentials = { name: null, password: null, newPassword: null };

/** Why there is no session yet. */
export type LoginRefusal = {
  /** `ask`: name and password are wanted. `change`: a new password as well. `refused`: these are not right. */
  readonly kind: 'ask' | 'change' | 'refused';
  readonly reason: string;
};

/** `notice`: what the person should know, as that the account has no password. */
export type Opened = { readonly session: Session; readonly notice: string | null };

export type Login = Opened | LoginRefusal;

/** Makes the session of someone who has just come; `origin` is what the client says of itself. */
export type OpenSession = (origin: string, credentials: Credentials) => Promise<Login>;
