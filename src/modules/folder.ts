import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const extension = '.ts';

/** By the name of each file without its extension, in the order of these. */
type Modules<T> = ReadonlyMap<string, T>;

/** The default exports of the modules in a folder: what is added to such a folder needs no list anywhere. */
export async function loadFolder<T>(folder: string): Promise<Modules<T>> {
  const entries = namesIn(folder).map(async (name): Promise<[string, T]> => {
    const module: { default: T } = await import(pathToFileURL(join(folder, name + extension)).href);
    return [name, module.default];
  });
  return new Map(await Promise.all(entries));
}

/** What a folder holds, by the names of its files. */
export type OnDemand<T> = {
  names(): readonly string[];
  /** Loads what has this name. */
  get(name: string): T | undefined;
  /** Loads all of it. */
  all(): Modules<T>;
};

/** The same, each loaded when it is first asked for: most commands that are run once need little of it. */
export function folderOnDemand<T>(folder: string): OnDemand<T> {
  const require = createRequire(import.meta.url);
  const loaded = new Map<string, T>();
  let known: readonly string[] | undefined;
  let all: Modules<T> | undefined;
  const names = (): readonly string[] => {
    known ??= namesIn(folder);
    return known;
  };
  const load = (name: string): T => {
    const module: { default: T } = require(join(folder, name + extension));
    loaded.set(name, module.default);
    return module.default;
  };
  return {
    names,
    get: (name) => loaded.get(name) ?? (names().includes(name) ? load(name) : undefined),
    all() {
      all ??= new Map(names().map((name) => [name, loaded.get(name) ?? load(name)]));
      return all;
    },
  };
}

function namesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  return files.sort().map((file) => file.slice(0, -extension.length));
}
