import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { createSecureContext } from 'node:tls';
import { beginningOf } from '../../../files/named-text.ts';
import { reasonOf } from '../../../text/reason.ts';
import type { TlsFiles } from '../../door.ts';
import { type KeyAndCertificate, selfSigned } from './self-signed.ts';

/** Bytes of a file: some hundred certificates. */
const longest = 256 * 1024;

/** The certificate of Levee's own, in two files for its owner alone (0600), which are made when it is first wanted. */
export class OwnCertificate {
  readonly #files: string;

  /** `files`: what the paths of both begin with. */
  constructor(files: string) {
    this.#files = files;
  }

  /** Throws where it can't be read or made. */
  get(): KeyAndCertificate {
    const [keyFile, certificateFile] = [`${this.#files}key.pem`, `${this.#files}certificate.pem`];
    if (!existsSync(keyFile) || !existsSync(certificateFile)) {
      const { key, certificate } = selfSigned(...ownNames());
      // One is nothing without the other: what a full disk has cut short is made anew.
      keep(certificateFile, certificate);
      keep(keyFile, key);
    }
    chmodSync(keyFile, 0o600);
    return { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') };
  }
}

/** What a door shows whoever comes to it. Throws with the reason where that can't be had. */
export function tlsOf({ certificate, key }: TlsFiles, own: OwnCertificate): KeyAndCertificate {
  const pair =
    certificate === '' ? own.get() : { certificate: textOf(certificate), key: textOf(key || certificate) };
  try {
    createSecureContext({ key: pair.key, cert: pair.certificate });
  } catch (error) {
    throw new Error(`its certificate and its key can't be used: ${reasonOf(error)}`, { cause: error });
  }
  return pair;
}

/** By what clients know a certificate: SHA-256 in hexadecimal. */
export function fingerprintOf({ certificate }: KeyAndCertificate): string {
  return new X509Certificate(certificate).fingerprint256;
}

function textOf(name: string): string {
  try {
    return beginningOf(name, longest).bytes.toString('utf8');
  } catch (error) {
    throw new Error(`${name} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** By what this machine may be called. */
function ownNames(): [readonly string[], readonly string[]] {
  const found = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const addresses = found.filter(({ scopeid }) => !scopeid).map(({ address }) => address);
  return [['localhost', hostname()], [...new Set(['127.0.0.1', '::1', ...addresses])]];
}

/** A file has its name only when it is whole. */
function keep(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
