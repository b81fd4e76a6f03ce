import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { addressOf } from '../../../net/address.ts';
import { addressBytes } from '../../../net/address-bytes.ts';
import {
  bitString,
  inContext,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';

/** A certificate with its key, both in PEM. */
export type KeyAndCertificate = { readonly key: string; readonly certificate: string };

/** Milliseconds for which one is valid: ten years. Whoever knows it by itself asks nobody how long. */
const validity = 10 * 365.25 * 86_400_000;

/** ecdsa-with-SHA256 (RFC 5758). */
const signatureAlgorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/**
 * A certificate (RFC 5280) that says of itself whose it is, on a new key of the curve P-256.
 *
 * @param names DNS names, and addresses as text
 */
export function selfSigned(names: readonly string[], addresses: readonly string[]): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [name = 'levee'] = names;
  const subject = sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const now = Date.now();
  const alternatives = [
    ...names.map((each) => inContext(2, Buffer.from(each), false)),
    ...addresses.flatMap((each) => {
      const address = addressOf(each);
      return address === null ? [] : [inContext(7, addressBytes(address), false)];
    }),
  ];
  const extensions = [
    // basicConstraints, critical: it may sign itself, and nothing else.
    sequence(objectIdentifier('2.5.29.19'), Buffer.from([1, 1, 0xff]), octetString(sequence())),
    // extKeyUsage: serverAuth.
    sequence(objectIdentifier('2.5.29.37'), octetString(sequence(objectIdentifier('1.3.6.1.5.5.7.3.1')))),
    // subjectAltName.
    sequence(objectIdentifier('2.5.29.17'), octetString(sequence(...alternatives))),
  ];
  const content = sequence(
    inContext(0, integer(Buffer.from([2])), true),
    integer(serial),
    signatureAlgorithm,
    subject,
    sequence(time(now - 86_400_000), time(now + validity)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    inContext(3, sequence(...extensions), true),
  );
  const certificate = sequence(content, signatureAlgorithm, bitString(sign('sha256', content, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(certificate),
  };
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
