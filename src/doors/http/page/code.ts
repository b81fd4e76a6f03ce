import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Steps } from '../../../time/time-slice.ts';

// What runs in a browser, as it is served.

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

type Module = {
  readonly path: string;
  readonly read: () => string;
  /** What it imports under a name that begins with a dot. */
  readonly beside: (specifier: string) => Module;
};

/** What stands between an import and the text that names a module. */
const importing = /(\bfrom\s*|^import\s*|[;}]import\s*)(["'])([\w@./-]+)\2/gm;

/** Files below `src/` as code for a browser, by the path at which each is served, with all that they import. */
export function* codeOf(files: readonly string[]): Steps<ReadonlyMap<string, string>> {
  const code = new Map<string, string>();
  const wanted = files.map(ownModule);
  for (const { path, read, beside } of wanted) {
    if (code.has(path)) continue;
    const named = (whole: string, before: string, quote: string, specifier: string): string => {
      const isBeside = specifier.startsWith('.');
      const module = isBeside ? beside(specifier) : packageModule(specifier);
      wanted.push(module);
      return isBeside ? whole : `${before}${quote}${module.path}${quote}`;
    };
    code.set(path, read().replace(importing, named));
    yield;
  }
  return code;
}

function ownModule(file: string): Module {
  return {
    path: ownCode + file,
    read: () => withoutTypes(ownText(file)),
    beside: (specifier) => ownModule(posix.join(posix.dirname(file), specifier)),
  };
}

function packageModule(name: string): Module {
  const file = packages[name];
  if (file === undefined) throw new Error(`the page has no package "${name}"`);
  return {
    path: `${packageCode}${name}.js`,
    read() {
      const text = packageText(file).replace(/^\/\/# sourceMappingURL=.*$/m, '');
      return name === 'uplot' ? `${text}\nexport default uPlot;\n` : text;
    },
    beside(specifier) {
      throw new Error(`${name} is not one file: it imports ${specifier}`);
    },
  };
}

/** TypeScript as a browser reads it. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  // That it is an experiment is known: what it gives is what Node runs all of Levee by.
  process.emitWarning = () => undefined;
  try {
    return withoutComments(stripTypeScriptTypes(text));
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Comments that have lines of their own are for whoever reads the source, as is room between lines. */
export function withoutComments(text: string): string {
  const code = text.replace(/^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*)[ \t]*$/gm, '');
  return code.replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');
}

/** The files of a folder below `src/` that end so. */
export function namesIn(folder: string, end: string): readonly string[] {
  return readdirSync(join(sources, folder))
    .filter((name) => name.endsWith(end))
    .sort();
}

/** A file below `src/`. */
export function ownText(file: string): string {
  return readFileSync(join(sources, file), 'utf8');
}

/** A file of a package, by the name under which it would be imported. */
export function packageText(file: string): string {
  return readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8');
}
