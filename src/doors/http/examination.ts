import type { IncomingHttpHeaders } from 'node:http';
import { type Method, methods, Refusal, type Route, type Routes } from './exchange.ts';

// What is looked at before a request means anything: each thing that it has by which others were deceived.

/** A slash, backslash, question mark or dot in disguise, and steps upwards: no path of ours has any. */
const disguised = /%(?:2e|2f|3f|5c)|\.\.|\\|\/\/|%(?![0-9a-f]{2})/i;

/** Path and query of the target of a request. Throws a Refusal. */
export function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!path.startsWith('/') || disguised.test(path)) throw new Refusal(400, 'this path is none');
  return { path, query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)) };
}

/** The route of a path and the method there. Throws a Refusal. */
export function routeOf(
  routes: Routes,
  path: string,
  method: string,
): { readonly route: Route; readonly method: Method } {
  const route = routes.get(path);
  if (route === undefined) throw new Refusal(404, 'there is nothing of this path');
  const known = methods.find((each) => each === (method === 'HEAD' ? 'GET' : method));
  if (known === undefined || route[known] === undefined)
    throw new Refusal(405, `only ${Object.keys(route).join(', ')} can be asked here`);
  return { route, method: known };
}

/** Headers that decide who asks and what: of two, the program before this one may have read the other. */
const single = [
  'host',
  'origin',
  'authorization',
  'content-type',
  'if-match',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'x-levee-token',
];

/** Throws a Refusal where a header stands twice that means something once. */
export function examineHeaders(headers: Readonly<Record<string, readonly string[] | undefined>>): void {
  const twice = single.find((name) => (headers[name]?.length ?? 0) > 1);
  if (twice !== undefined) throw new Refusal(400, `${twice} stands in a request once`);
}

/** How a door may be called. */
export type OwnNames = {
  /** The address to which the client has come. */
  readonly address: string;
  readonly hostNames: readonly string[];
};

/**
 * Throws a Refusal where a request names another host than this one: whoever has made a name of theirs point here, so that
 * a browser takes this for the page of theirs, can't change what it sends as the host.
 */
export function examineHost({ host }: IncomingHttpHeaders, { address, hostNames }: OwnNames): void {
  // HTTP/1.0 has none, and no browser speaks it.
  if (host === undefined) return;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  const isLoopback = address === '::1' || address.startsWith('127.');
  const isOwn =
    name === (address.includes(':') ? `[${address}]` : address) ||
    (isLoopback && name === 'localhost') ||
    hostNames.some((own) => own.toLowerCase() === name);
  if (!isOwn) throw new Refusal(421, 'this host is called otherwise: see "host-names" of its door');
}

/** What is known of where a request comes from. */
export type Whence = {
  readonly method: Method;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** It came over TLS. */
  readonly isSecure: boolean;
};

/** Throws a Refusal where a page that must not ask has a browser ask. */
export type Examine = (whence: Whence) => void;

/** For doors without a page: whoever says from which page it comes is a browser with a page of somebody else. */
export function examineNoPage({ headers }: Whence): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign = site !== 'none' && site !== 'same-origin';
  if (isForeign || headers.origin !== undefined) throw new Refusal(403, 'no page may ask this');
}

/** For a door with a page: it alone asks, and only it changes anything. The host was examined before. */
export function examineOwnPage({ method, path, headers, isSecure }: Whence): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const isOwn = host !== undefined && origin === `${isSecure ? 'https' : 'http'}://${host}`;
  if (method !== 'GET') {
    if (!isOwn || site !== 'same-origin') throw new Refusal(403, 'only the page itself may ask this');
    return;
  }
  // A link of somebody else leads to the page, which shows nothing yet, and is in no frame of theirs.
  const isLink =
    path === '/' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  const isForeign = site !== undefined && site !== 'none' && site !== 'same-origin';
  if ((isForeign && !isLink) || (origin !== undefined && !isOwn))
    throw new Refusal(403, 'only the page itself may ask this');
}
