import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The default exports of the modules in a folder, in the order of their names: what a folder holds needs no list. */
export function loadFolder<T>(folder: string): Promise<T[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async (file) => {
      const module: { default: T } = await import(join(folder, file));
      return module.default;
    }),
  );
}
