import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const extension = '.ts';

/**
 * The default exports of the modules in a folder, in the order of their names, by the name of each file without its
 * extension: what is added to such a folder needs no list anywhere.
 */
export async function loadFolder<T>(folder: string): Promise<ReadonlyMap<string, T>> {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  const entries = files.sort().map(async (file): Promise<[string, T]> => {
    const module: { default: T } = await import(join(folder, file));
    return [file.slice(0, -extension.length), module.default];
  });
  return new Map(await Promise.all(entries));
}
