import { useEffect, useState } from 'preact/hooks';

/** Where the page is: `#/sources?policy=web`. */
export type Route = { readonly path: string; readonly query: URLSearchParams };

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return routeIn(hash);
}

/** The address of a view: `linkTo('sources', {policy: 'web'})`. */
export function linkTo(path: string, query: Readonly<Record<string, string>> = {}): string {
  const text = String(new URLSearchParams(query));
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

function routeIn(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path, query: new URLSearchParams(query) };
}
