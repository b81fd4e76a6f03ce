import { type Common, described, type FieldSchema } from '../../field.ts';
import { printableText } from '../../key.ts';
import { zod } from '../../zod.ts';

/** Code points: some ten certificates. */
const longest = 32_768;
const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** One or more certificates (X.509) in PEM (RFC 7468). What stands around them is kept, as their files have it. */
export function certificates(common: Common): FieldSchema {
  const content = () =>
    printableText(longest).check(({ value, issues }) => {
      const reason = whyNone(value);
      if (reason !== undefined) issues.push({ code: 'custom', input: value, params: { reason } });
    });
  const make = () =>
    zod().codec(zod().string(), content(), {
      decode: (text) => text.replace(/\r\n?/g, '\n'),
      encode: (text) => text,
    });
  return described(make, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `certificates in PEM, of at most ${longest} characters`,
  });
}

function whyNone(text: string): string | undefined {
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0) return 'there is no "-----BEGIN CERTIFICATE-----" with its end';
  // Loaded with the first certificate.
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  for (const [index, pem] of blocks.entries()) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return `number ${index + 1} can't be read: ${error.message}`;
    }
  }
  return undefined;
}
