import type { Guest, PageGuest, Program } from '../cli/session/open-session.ts';
import type { Credentials, DoorKind, LoginRefusal, Origin } from '../system/login.ts';

/** A way in to sessions. */
export type Door = {
  /** Ends every session that came this way, and lets nobody in any more. */
  close(): void;
};

/** Of the administrator, by their names; '': one of Levee's own. */
export type TlsFiles = { readonly certificate: string; readonly key: string };

/** A door on the network, as the configuration has it. */
export type DoorSettings = {
  /** Id of its row, which stays through a rename. */
  readonly row: number;
  readonly name: string;
  readonly type: DoorKind;
  readonly address: string;
  readonly port: number;
  /** Said before a login; or ''. */
  readonly banner: string;
  /** Whether somebody may come to it at all, by their address. */
  readonly trusts: (address: string) => boolean;
  /** How HTTP is spoken; null: not over TLS. */
  readonly tls: TlsFiles | null;
  /** By which it may be called over HTTP, besides its addresses. */
  readonly hostNames: readonly string[];
  /** Minutes after which somebody is sent away who does nothing. */
  readonly idleMinutes: number;
};

/** Who lets administrators in that come through a door on the network: the same for all doors, and for the console. */
export type DoorKeeper = {
  /**
   * Judges name, password, key, code, host and lockout in one. A door calls it again with what a refusal asks for, and
   * with all that it had before.
   */
  enter(origin: Origin, credentials: Credentials): Promise<Guest | LoginRefusal>;
  /** Whether a public key would let somebody in, once they have signed with it. */
  knowsKey(origin: Origin, name: string, key: string): boolean;
};

/** Who lets administrators in whose browser asks as a program does. */
export type PageKeeper = {
  enter(origin: Origin, credentials: Credentials): Promise<PageGuest | LoginRefusal>;
};

/** Who lets programs in. */
export type ProgramKeeper = {
  /** Undefined: there is no such token, or not for whoever comes from there, or not any more. */
  enterByToken(origin: Origin, token: string): Program | undefined;
};

/** A door on the network that is open. */
export type NetworkDoor = {
  readonly guests: number;
  readonly strangers: number;
  /** Takes nobody more, and sends away who has not logged in; whoever has goes on. */
  shut(): void;
  /** As `shut`, and sends everybody away. */
  close(): void;
};

/**
 * Opens a door of one type. Rejects with the reason where its address and port can't be had.
 *
 * @param settings what the configuration says now
 */
export type OpenNetworkDoor = (settings: () => DoorSettings) => Promise<NetworkDoor>;
