import { isIP } from 'node:net';
import { trustedAuthorities } from './trusted-authorities.ts';

/** What a client shows of itself, in PEM. */
export type Identity = { readonly certificate: string; readonly key: string };

type ClientOptions = {
  readonly ca?: string | string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
};

/**
 * Options of TLS towards a server.
 *
 * @param authorities in PEM; '': those that the machine trusts; null: none is asked
 * @param identity null: nothing is shown
 */
export function tlsClientOptions(
  host: string,
  authorities: string | null,
  identity: Identity | null,
): ClientOptions {
  return {
    ...(authorities === null ? {} : { ca: authorities === '' ? trustedAuthorities() : authorities }),
    ...(identity === null ? {} : { cert: identity.certificate, key: identity.key }),
    // A name alone may stand in SNI (RFC 6066, 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}
