import { getCACertificates } from 'node:tls';

let known: string[] | undefined;

/** Certificates of the authorities that this machine trusts besides those that come with the runtime. Read once. */
export function trustedAuthorities(): string[] {
  known ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return known;
}
