import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalTable } from './global.ts';

type Url = Readonly<
  Record<'scheme' | 'username' | 'password' | 'host' | 'port' | 'path' | 'query' | 'fragment', string>
>;

/** RFC 3986, appendix B, with the authority split into its parts. */
const urlParts =
  /^([^:/?#]+):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };
const instructionsPerByte = 1;

function parsed(stack: LuaStack, index: number): Url | null {
  const text = stack.text(index);
  stack.meter.charge(text.length * instructionsPerByte);
  const parts = urlParts.exec(text);
  if (parts === null) return null;
  const [
    ,
    scheme = '',
    username = '',
    password = '',
    host = '',
    port = '',
    path = '',
    query = '',
    fragment = '',
  ] = parts;
  return { scheme, username, password, host, port, path, query, fragment };
}

function normal(url: Url): string {
  const scheme = url.scheme.toLowerCase();
  const port = url.port === '' ? defaultPorts[scheme] : url.port;
  const path = url.path === '' ? '/' : url.path;
  return [
    scheme,
    url.username,
    url.password,
    url.host.toLowerCase(),
    port,
    path,
    url.query,
    url.fragment,
  ].join('\0');
}

/** FortiADC Script Reference Guide 8.0.0, "url_parser" and "url_compare". */
export const urls: GlobalTable = {
  /** A table of strings, '' for a part that the URL lacks; nil when the text is not a URL. */
  url_parser: (stack) => {
    const url = parsed(stack, 1);
    if (url === null) {
      stack.pushNil();
      return 1;
    }
    stack.pushTable();
    const table = stack.count;
    for (const [name, value] of Object.entries(url)) {
      stack.pushText(value);
      stack.setField(table, name);
    }
    return 1;
  },
  /** Whether two URLs are the same, with the default port of the scheme, and `/` for an empty path. */
  url_compare: (stack) => {
    const [one, other] = [parsed(stack, 1), parsed(stack, 2)];
    stack.pushBoolean(one !== null && other !== null && normal(one) === normal(other));
    return 1;
  },
};
