/** The parts of a URI as 0.1's module names them; absent ones are undefined. */
export type UriParts = {
  scheme?: string;
  authority?: string;
  userinfo?: string;
  user?: string;
  pass?: string;
  host?: string;
  port?: string;
  path?: string;
  query?: string;
  fragment?: string;
};

export const partNames = [
  ...(['scheme', 'authority', 'userinfo', 'user', 'pass', 'host', 'port', 'path', 'query'] as const),
  'fragment',
] as const;

/** Arguments of a query in their order. `undefined`: one without a value. */
export type Arguments = ReadonlyMap<string, string | undefined>;

/** Splits a URI (RFC 3986, 3). What has no scheme and begins with no slash begins with an authority. */
export function splitUri(uri: string): UriParts {
  const [, core = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(uri) ?? [];
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(core) ?? [];
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const parts: UriParts = {};
  const set = (name: keyof UriParts, value: string): void => {
    if (value !== '') parts[name] = value;
  };
  set('scheme', scheme);
  set('path', path);
  set('query', query);
  set('fragment', fragment);
  set('authority', authority);
  const at = authority.lastIndexOf('@');
  const userinfo = at < 0 ? '' : authority.slice(0, at);
  const [, host = '', port = ''] = /^(.*?)(?::(\d+))?$/s.exec(authority.slice(at + 1)) ?? [];
  set('userinfo', userinfo);
  set('host', host);
  set('port', port);
  const colon = userinfo.indexOf(':');
  if (colon > 0) {
    parts.user = userinfo.slice(0, colon);
    parts.pass = userinfo.slice(colon + 1);
  }
  return parts;
}

/** The last value of a name counts. */
export function argumentsOf(query: string): Arguments {
  const found = new Map<string, string | undefined>();
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (name !== '') found.set(name, equals < 0 ? undefined : part.slice(equals + 1));
  }
  return found;
}

export function joinArguments(given: Arguments): string {
  return [...given].map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('&');
}

/** The URI of parts, with a query. */
export function joinUri(parts: UriParts, query: string): string {
  const { scheme, user, pass, userinfo, host, port, path = '', fragment } = parts;
  const login =
    user !== undefined && pass !== undefined ? `${user}:${pass}@` : userinfo ? `${userinfo}@` : '';
  const authority = host === undefined ? '' : `${login}${host}${port === undefined ? '' : `:${port}`}`;
  const front = authority !== '' && scheme !== undefined ? `${scheme}://` : '';
  return `${front}${authority}${path}${query === '' ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`;
}

const unreserved = /[A-Za-z0-9._~-]/;

/** Decodes escapes of what needs none, and writes the others with capitals: RFC 3986, 6.2.2. */
export function decodeSafely(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (all: string, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return unreserved.test(character) ? character : all.toUpperCase();
  });
}

/** RFC 3986, 5.2.4. */
export function withoutDotSegments(path: string): string {
  const segments = path.split('/');
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..' && (kept.length > 1 || (kept.length === 1 && kept[0] !== ''))) kept.pop();
      if (isLast) kept.push('');
    } else kept.push(segment);
  }
  const joined = kept.join('/');
  return path.startsWith('/') && !joined.startsWith('/') ? `/${joined}` : joined;
}

const defaultPort = '80';

/** Normalizes parts (RFC 3986, 6): HTTP is the scheme where none is given. */
export function normalizeParts(given: UriParts): UriParts {
  const parts: UriParts = {};
  for (const name of partNames) {
    const value = given[name];
    if (value !== undefined) parts[name] = decodeSafely(value);
  }
  if (parts.scheme === undefined && parts.authority !== undefined) parts.scheme = 'http';
  if (parts.scheme !== undefined) parts.scheme = parts.scheme.toLowerCase();
  if (parts.host !== undefined) parts.host = parts.host.toLowerCase();
  if (parts.port === defaultPort) delete parts.port;
  if (parts.scheme === 'http') parts.path ??= '/';
  if (parts.path !== undefined) parts.path = withoutDotSegments(parts.path);
  return parts;
}

/** Cookies by their names, in the order of the header. */
export function splitCookies(text: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trimStart();
    if (name !== '') cookies.set(name, part.slice(equals + 1));
  }
  return cookies;
}
