import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { inTurns } from '../../../time/time-slice.ts';
import type { Asked, Reply, Route } from '../exchange.ts';
import { codeOf, namesIn, ownText, packageText, withoutComments } from './code.ts';

const html = 'text/html; charset=utf-8';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join('; ');

export type Asset = {
  readonly type: string;
  readonly text: string;
  /** By the name of the coding, the one first that is to be preferred. */
  readonly coded: ReadonlyMap<string, Uint8Array>;
};

let made: Promise<ReadonlyMap<string, Asset>> | undefined;

/** All that a browser needs of the page, by path: made once. Nothing is read later, and no path names a file. */
export function pageAssets(): Promise<ReadonlyMap<string, Asset>> {
  made ??= makeAssets();
  return made;
}

async function makeAssets(): Promise<ReadonlyMap<string, Asset>> {
  const views = namesIn('page/views', '.ts');
  const code = await inTurns(codeOf(['page/main.ts', ...views.map((name) => `page/views/${name}`)]));
  const preloads = [...code.keys()].map((path) => `<link rel="modulepreload" href="${path}">`);
  const page = ownText('page/index.html')
    .replace('<!-- preloads -->', preloads.join('\n'))
    .replace('{views}', views.map((name) => name.slice(0, -'.ts'.length)).join(' '));
  const texts: (readonly [path: string, type: string, text: string])[] = [
    ['/', html, page],
    ['/style.css', 'text/css; charset=utf-8', styleSheets()],
    ['/icon.svg', 'image/svg+xml', ownText('page/icon.svg')],
    ...[...code].map(([path, text]) => [path, 'text/javascript; charset=utf-8', text] as const),
  ];
  const assets = texts.map(
    async ([path, type, text]) => [path, { type, text, coded: await codedForms(text) }] as const,
  );
  return new Map(await Promise.all(assets));
}

function styleSheets(): string {
  const own = namesIn('page/styles', '.css').map((name) => withoutComments(ownText(`page/styles/${name}`)));
  return [packageText('uplot/dist/uPlot.min.css'), ...own].join('\n');
}

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

/** By threads of their own, while others have their turn. */
async function codedForms(text: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const bytes = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const [small, usual] = await Promise.all([brotli(bytes, { params }), zip(bytes, { level: 9 })]);
  return new Map([
    ['br', small],
    ['gzip', usual],
  ]);
}

export function assetRoutes(assets: ReadonlyMap<string, Asset>): ReadonlyMap<string, Route> {
  return new Map([...assets].map(([path, asset]) => [path, { GET: (asked) => replyWith(asset, asked) }]));
}

function replyWith({ type, text, coded }: Asset, { headers }: Asked): Reply {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((each) => each.trim());
  // What a document may load is said with the document.
  const common = { ...(type === html && { 'Content-Security-Policy': policy }), Vary: 'Accept-Encoding' };
  for (const [coding, body] of coded)
    if (accepted.includes(coding))
      return { status: 200, type, body, headers: { ...common, 'Content-Encoding': coding } };
  return { status: 200, type, body: text, headers: common };
}
