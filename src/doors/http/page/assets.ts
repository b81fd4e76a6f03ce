import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Asked, Reply, Route } from '../exchange.ts';

/** The folder `src/`, whose files the page is made of. */
const sources = join(import.meta.dirname, '..', '..', '..');

/** Where code is served: the files of Levee as they stand below `src/`, and packages. */
const ownCode = '/code/';
const packageCode = '/packages/';

/** Files of packages, by the names under which they are imported. */
const packages: Readonly<Record<string, string>> = {
  preact: 'preact',
  'preact/hooks': 'preact/hooks',
  htm: 'htm',
  'htm/preact': 'htm/preact',
  // The only form of it that is small; it gives a variable in the place of an export.
  uplot: 'uplot/dist/uPlot.iife.min.js',
};

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

/** All that a browser needs of the page, by path. Nothing is read later, and no path names a file. */
export function pageAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  const add = (path: string, type: string, text: string): void => {
    assets.set(path, { type, text, coded: codedForms(text) });
  };
  const views = namesIn('page/views');
  const code = codeFrom(['page/main.ts', ...views.map((name) => `page/views/${name}.ts`)]);
  for (const [path, text] of code) add(path, 'text/javascript; charset=utf-8', text);
  add('/style.css', 'text/css; charset=utf-8', styleSheets());
  add('/icon.svg', 'image/svg+xml', ownText('page/icon.svg'));
  const preloads = [...code.keys()].map((path) => `<link rel="modulepreload" href="${path}">`);
  const page = ownText('page/index.html')
    .replace('<!-- preloads -->', preloads.join('\n'))
    .replace('{views}', views.join(' '));
  add('/', 'text/html; charset=utf-8', page);
  return assets;
}

export function assetRoutes(assets: ReadonlyMap<string, Asset>): ReadonlyMap<string, Route> {
  return new Map([...assets].map(([path, asset]) => [path, { GET: (asked) => replyWith(asset, asked) }]));
}

function replyWith({ type, text, coded }: Asset, { headers }: Asked): Reply {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((each) => each.trim());
  const common = { 'Content-Security-Policy': policy, Vary: 'Accept-Encoding' };
  for (const [coding, body] of coded)
    if (accepted.includes(coding))
      return { status: 200, type, body, headers: { ...common, 'Content-Encoding': coding } };
  return { status: 200, type, body: text, headers: common };
}

/** Files of code by path, with all that they import. */
function codeFrom(files: readonly string[]): ReadonlyMap<string, string> {
  const code = new Map<string, string>();
  const take = (path: string, read: () => string, place: (specifier: string) => string): void => {
    if (code.has(path)) return;
    code.set(path, '');
    const text = read().replace(importing, (whole, before: string, quote: string, specifier: string) => {
      if (specifier.startsWith('.')) {
        const file = place(specifier);
        takeFile(file);
        return whole;
      }
      takePackage(specifier);
      return `${before}${quote}${packageCode}${specifier}.js${quote}`;
    });
    code.set(path, text);
  };
  const takeFile = (file: string): void =>
    take(
      ownCode + file,
      () => withoutTypes(ownText(file)),
      (specifier) => posix.join(posix.dirname(file), specifier),
    );
  const takePackage = (name: string): void => {
    const file = packages[name];
    if (file === undefined) throw new Error(`the page has no package "${name}"`);
    const read = (): string => {
      const text = readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8');
      const withoutMap = text.replace(/^\/\/# sourceMappingURL=.*$/m, '');
      return name === 'uplot' ? `${withoutMap}\nexport default uPlot;\n` : withoutMap;
    };
    take(`${packageCode}${name}.js`, read, (specifier) => {
      throw new Error(`${name} is not one file: it imports ${specifier}`);
    });
  };
  for (const file of files) takeFile(file);
  return code;
}

/** What stands between an import and the text that names a module. */
const importing = /(\bfrom\s*|^import\s*|[;}]import\s*)(["'])([\w@./-]+)\2/gm;

/** TypeScript as a browser reads it. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  // That it is an experiment is known: what it gives is what Node runs all of Levee by.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text).replace(/[ \t]+$/gm, '');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function styleSheets(): string {
  const plots = readFileSync(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8');
  const own = readdirSync(join(sources, 'page/styles')).sort();
  return [plots, ...own.map((name) => ownText(`page/styles/${name}`))].join('\n');
}

function namesIn(folder: string): readonly string[] {
  const files = readdirSync(join(sources, folder)).filter((name) => name.endsWith('.ts'));
  return files.sort().map((name) => basename(name, '.ts'));
}

function ownText(file: string): string {
  return readFileSync(join(sources, file), 'utf8');
}

function codedForms(text: string): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(text);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return new Map([
    ['br', brotliCompressSync(bytes, { params: quality })],
    ['gzip', gzipSync(bytes, { level: 9 })],
  ]);
}
