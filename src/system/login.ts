/** From where somebody comes who wants a session. */
export type Origin = {
  /** What revisions and the event log say of it: `console`, `import web.conf`. */
  readonly name: string;
  /** Whoever comes from there has the operating system's account that owns the state directory. */
  readonly fromOwner: boolean;
  /** Whose tries count together, as precisely as the system can tell: `login 1000`, an address. */
  readonly peer: string;
};

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
  /** The account that was named wants plain text: what is asked next is asked so. */
  readonly plain: boolean;
};

/** What an administrator gives who wants another password. `current` is '' where there is none. */
export type GivenPasswords = { readonly current: string; readonly wanted: string };

/** The password of whoever has a session. */
export type OwnPassword = {
  isSet(): boolean;
  /** Resolves to why it was not changed; null: it was. */
  change(given: GivenPasswords): Promise<string | null>;
};
