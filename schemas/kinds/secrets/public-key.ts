import { type Common, canonicalText, described, type FieldSchema } from '../../field.ts';
import { printableText } from '../../key.ts';

/** Characters of a line with a key; one of RSA with 8192 bits has some 1400. */
const longest = 4096;

/** Bits that a modulus of RSA must have (NIST SP 800-57: 2048 until 2030). */
const leastRsaBits = 2048;

const types = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

/** A public key as it stands in `id_ed25519.pub`: type, base64, and perhaps a comment. Its own bytes name the type too. */
export function canonicalPublicKey(text: string): string | undefined {
  const [type = '', base64 = '', ...comment] = text.trim().split(/\s+/);
  if (
    !printableText(longest).safeParse(text).success ||
    !types.includes(type) ||
    !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)
  )
    return undefined;
  const blob = Buffer.from(base64, 'base64');
  const [name, ...rest] = fieldsOf(blob) ?? [];
  if (name?.toString('latin1') !== type || rest.length === 0) return undefined;
  if (type === 'ssh-ed25519' && rest[0]?.length !== 32) return undefined;
  if (type === 'ssh-rsa' && 8 * (rest[1]?.length ?? 0) < leastRsaBits) return undefined;
  return [type, blob.toString('base64'), ...comment].join(' ');
}

/** The strings of the SSH protocol (RFC 4251) that some bytes are, whole. */
function fieldsOf(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? fields : undefined;
}

/** A public key of SSH. */
export function publicKey(common: Common): FieldSchema {
  return described(() => canonicalText(canonicalPublicKey), {
    ...common,
    kind: 'text',
    quoted: true,
    isLine: true,
    fault: 'invalid-value',
    expected: `a public key as in id_ed25519.pub, several of them in quotes: ssh-ed25519, ecdsa-sha2-nistp256 to 521, or ssh-rsa of ${leastRsaBits} bits or more`,
  });
}
