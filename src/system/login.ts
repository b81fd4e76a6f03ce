import type { RowId } from '../../schemas/row-id.ts';
import { sourceOf, withoutMappedPrefix } from '../net/address.ts';

/** What is spoken at a door on the network. */
export type DoorKind = 'ssh' | 'http' | 'page' | 'metrics';

/** Whether somebody is on the network, and how they have come. `key`: the public one that let them in. */
export type Whence = Pick<Origin, 'door' | 'doorRow' | 'address'> & Pick<Credentials, 'key'>;

/** Of somebody on this machine. */
export const fromHere: Whence = { door: null, doorRow: null, address: null, key: null };

/** From where somebody comes who wants a session. */
export type Origin = {
  /** What revisions and the event log say of it: `console`, `import web.conf`, `ssh(192.0.2.7)`. */
  readonly name: string;
  /** The door that they came through; null: they have the operating system's account that owns the state directory. */
  readonly door: DoorKind | null;
  /** Of that door in the configuration; null: they came through none. */
  readonly doorRow: RowId | null;
  /** Theirs on the network, where they came through a door. */
  readonly address: string | null;
  /** Whose tries count together, as precisely as the system can tell: `login 1000`, a source on the network. */
  readonly peer: string;
};

/** Somebody on this machine who owns the state directory. */
export function localOrigin(name: string, peer: string): Origin {
  return { name, door: null, doorRow: null, address: null, peer };
}

/** Somebody who came through a door. `address`: as the system prints it. */
export function doorOrigin(
  { type: door, row: doorRow }: { readonly type: DoorKind; readonly row: RowId },
  address: string,
): Origin {
  const plain = withoutMappedPrefix(address);
  return { name: `${door}(${plain})`, door, doorRow, address: plain, peer: sourceOf(plain) };
}

/** Who wants a session. No name: whoever owns the state directory, as `admin`. */
export type Credentials = {
  readonly name: string | null;
  readonly password: string | null;
  /** A public key without its comment, which they have signed with: only a door that has checked that says so. */
  readonly key: string | null;
  /** Of the second factor. */
  readonly code: string | null;
  /** For an account whose password must be changed at this login. */
  readonly newPassword: string | null;
};

export const noCredentials: Credentials = {
  name: null,
  password: null,
  key: null,
  code: null,
  newPassword: null,
};

/** Why there is no session yet. */
export type LoginRefusal = {
  /** `ask`: name and password are wanted. `code`, `change`: that or a new password as well. `refused`: these are not right. */
  readonly kind: 'ask' | 'code' | 'change' | 'refused';
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
