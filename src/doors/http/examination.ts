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
    throw new Refusal(405, `${Object.keys(route).join(', ')} can be done here`);
  return { route, method: known };
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

/** Throws a Refusal where a page of somebody else has a browser ask. */
export function examineSite(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign = site !== 'none' && site !== 'same-origin';
  // No page of ours asks: whoever says from which page it comes is a browser with a page of another.
  if (isForeign || headers.origin !== undefined) throw new Refusal(403, 'no page may ask this');
}
