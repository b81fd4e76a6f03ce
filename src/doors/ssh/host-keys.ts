import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import type { HostKey } from '../../system/reports/doors.ts';
import { messageOf } from '../../text/reason.ts';

/** What clients know an installation by, by the end of the file's name; the first is the one that they ask for first. */
const makers: Readonly<Record<string, () => string>> = {
  'ed25519.key': newEd25519,
  'ecdsa.key': () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private,
};

/** The private keys of an installation, each in a file for its owner alone (0600), which is made when it is first wanted. */
export class SshHostKeys {
  readonly #files: string;
  #keys: readonly string[] | undefined;

  /** `files`: what the paths of all begin with. */
  constructor(files: string) {
    this.#files = files;
  }

  /** In the format of OpenSSH. Throws where one can't be read or made. */
  get private(): readonly string[] {
    this.#keys ??= Object.entries(makers).map(([name, make]) => keyOf(`${this.#files}${name}`, make));
    return this.#keys;
  }

  /** As clients see them. Throws as `private`. */
  get public(): readonly HostKey[] {
    return this.private.map((text) => {
      const key = ssh2.utils.parseKey(text);
      if (key instanceof Error) throw key;
      const blob = key.getPublicSSH();
      const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
      return {
        type: key.type,
        fingerprint: `SHA256:${digest}`,
        publicKey: `${key.type} ${blob.toString('base64')}`,
      };
    });
  }
}

/** A key whose public half begins with a zero byte the library makes a byte too short: that is no key. */
function newEd25519(): string {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const key = ssh2.utils.parseKey(pair.public);
    if (!(key instanceof Error) && key.getPublicSSH().length === ed25519Length) return pair.private;
  }
}

/** Bytes of a public key: its type and 32 bytes, each with its length. */
const ed25519Length = 4 + 'ssh-ed25519'.length + 4 + 32;

/** It has its name only when it is whole: one that a full disk has cut short would be no key for ever. */
function keyOf(file: string, make: () => string): string {
  if (!existsSync(file)) {
    const unfinished = `${file}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, make(), { mode: 0o600, flush: true, flag: 'wx' });
    renameSync(unfinished, file);
  }
  chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8');
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    throw new Error(
      `${file} holds no key: ${messageOf(key)}; without it a new one is made, which clients don't know`,
    );
  }
  return text;
}
