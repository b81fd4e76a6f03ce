import type { DoorKind } from '../login.ts';

/** A door on the network that is to be open. */
export type DoorReport = {
  readonly name: string;
  readonly type: DoorKind;
  readonly address: string;
  readonly port: number;
  readonly state: 'open' | 'failed';
  /** Why it is not open, with what is to be done; or ''. */
  readonly reason: string;
  /** Connections of administrators who have logged in, and of others. */
  readonly guests: number;
  readonly strangers: number;
};

/** A key by which clients know this Levee. */
export type HostKey = {
  /** As SSH names it: `ssh-ed25519`. */
  readonly type: string;
  /** `SHA256:` and base64, as ssh(1) shows it. */
  readonly fingerprint: string;
  /** As it stands in `known_hosts`, without the host. */
  readonly publicKey: string;
};

/** The doors of a running Levee, as operations reach them. */
export interface DoorAccess {
  /** In the order of the configuration. */
  readonly doors: readonly DoorReport[];
  /** They are made when they are first wanted. */
  sshHostKeys(): Promise<readonly HostKey[]>;
  /** In PEM, with its SHA-256. It is made when it is first wanted. */
  httpCertificate(): Promise<{ readonly certificate: string; readonly fingerprint: string }>;
}
