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

/** The same, loaded when it is first asked for: most commands that are run once need none of it. */
export function folderOnDemand<T>(folder: string): () => Modules<T> {
  const require = createRequire(import.meta.url);
  let loaded: Modules<T> | undefined;
  return () => {
    loaded ??= new Map(
      namesIn(folder).map((name): [string, T] => {
        const module: { default: T } = require(join(folder, name + extension));
        return [name, module.default];
      }),
    );
    return loaded;
  };
}

function namesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  return files.sort().map((file) => file.slice(0, -extension.length));
}
