import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { reasonOf } from '../../text/reason.ts';

/** A file that the plot must not replace, whether a path leads to it, and what to call it in a message. */
export type ProtectedFile = {
  readonly isAt: (path: string) => boolean;
  readonly description: string;
};

/**
 * The file of a plot. Whether it can be written, and what it would replace, is checked before the replay begins; it is
 * replaced as a whole, so that nobody finds half of it.
 */
export class PlotFile {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Rejects where the plot can't be written, or would replace a protected file. */
  static async check(name: string, protectedFiles: readonly ProtectedFile[]): Promise<PlotFile> {
    const replaced = protectedFiles.find((each) => each.isAt(name));
    if (replaced !== undefined) throw new Error(`the plot would replace the ${replaced.description}`);
    return cannotWrite(name, async () => {
      const there = statSync(name, { throwIfNoEntry: false });
      if (there?.isDirectory()) throw new Error('a directory');
      if (there !== undefined) accessSync(name, constants.W_OK);
      if (there?.isFile() !== false) await rm(await unfinishedFor(name, there));
      return new PlotFile(name);
    });
  }

  async write(text: string): Promise<void> {
    await cannotWrite(this.#name, async () => {
      const there = statSync(this.#name, { throwIfNoEntry: false });
      // A device or a pipe is not to be replaced.
      if (there?.isFile() === false) return await writeFile(this.#name, text);
      const unfinished = await unfinishedFor(this.#name, there);
      try {
        await writeFile(unfinished, text);
        await rename(unfinished, await targetOf(this.#name, there));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    });
  }
}

/** An empty file beside it, with its mode. */
async function unfinishedFor(name: string, there: Stats | undefined): Promise<string> {
  const unfinished = `${await targetOf(name, there)}.${process.pid}.new`;
  const file = await open(unfinished, 'wx', 0o600);
  if (there !== undefined) await file.chmod(there.mode & 0o777);
  await file.close();
  return unfinished;
}

/** Behind a link it is the file that is replaced, and the link stays. */
async function targetOf(name: string, there: Stats | undefined): Promise<string> {
  return there === undefined ? name : await realpath(name);
}

async function cannotWrite<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`can't write '${name}': ${reasonOf(error)}`, { cause: error });
  }
}
