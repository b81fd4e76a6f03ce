import { accessSync, constants, realpathSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { writeNamed } from '../../files/named-text.ts';
import { reasonOf } from '../../text/reason.ts';
import { replacedBy } from '../io/replaced-file.ts';

/** What every drawing begins with. */
const drawing = '<svg';

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

  /** Throws where the plot can't be written, or would replace a protected file, or one that is no drawing. */
  static check(name: string, protectedFiles: readonly ProtectedFile[]): PlotFile {
    const replaced = protectedFiles.find((each) => each.isAt(name));
    if (replaced !== undefined) throw new Error(`the plot would replace the ${replaced.description}`);
    return cannotWrite(name, () => {
      const there = statSync(name, { throwIfNoEntry: false });
      if (there?.isDirectory()) throw new Error('a directory');
      if (there !== undefined) accessSync(name, constants.W_OK);
      const replaced = replacedBy(name, drawing.length);
      if (replaced !== undefined && replaced.toString('latin1') !== drawing)
        throw new Error('it holds something else than a drawing');
      if (there?.isFile() !== false) rmSync(unfinishedFor(name, there, ''));
      return new PlotFile(name);
    });
  }

  write(text: string): void {
    cannotWrite(this.#name, () => {
      const there = statSync(this.#name, { throwIfNoEntry: false });
      // A device or a pipe is not to be replaced.
      if (there?.isFile() === false) return writeNamed(this.#name, 'create', text);
      const unfinished = unfinishedFor(this.#name, there, text);
      try {
        renameSync(unfinished, targetOf(this.#name, there));
      } catch (error) {
        rmSync(unfinished, { force: true });
        throw error;
      }
    });
  }
}

/** A new file beside it, with its mode. Returns its path. */
function unfinishedFor(name: string, there: Stats | undefined, text: string): string {
  const unfinished = `${targetOf(name, there)}.${process.pid}.new`;
  writeNamed(unfinished, 'create', text, there && there.mode & 0o777);
  return unfinished;
}

/** Behind a link it is the file that is replaced, and the link stays. */
function targetOf(name: string, there: Stats | undefined): string {
  return there === undefined ? name : realpathSync(name);
}

function cannotWrite<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`can't write '${name}': ${reasonOf(error)}`, { cause: error });
  }
}
