import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { KeptSteps, UsedSteps } from '../../access/one-time-codes.ts';
import { codeOf, reasonOf } from '../../text/reason.ts';

/**
 * One-time codes that have let somebody in, in a file: a line for each secret, its name and the step. It is read each time,
 * since in a hot restart another process lets people in, too.
 */
export class UsedCodes implements KeptSteps {
  readonly #file: string;
  readonly #failed: (reason: string) => void;
  #told = '';

  /** `failed` hears once for which reason they can't be kept. */
  constructor(file: string, failed: (reason: string) => void) {
    this.#file = file;
    this.#failed = failed;
  }

  read(): UsedSteps {
    try {
      const lines = readFileSync(this.#file, 'utf8').matchAll(/^([0-9a-f]{64}) (\d{1,15})$/gm);
      return new Map([...lines].map(([, name = '', step]) => [name, Number(step)]));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#tell(reasonOf(error));
      return new Map();
    }
  }

  write(used: UsedSteps): void {
    const unfinished = `${this.#file}-new`;
    try {
      rmSync(unfinished, { force: true });
      const lines = [...used].map(([name, step]) => `${name} ${step}\n`);
      writeFileSync(unfinished, lines.join(''), { mode: 0o600, flag: 'wx', flush: true });
      renameSync(unfinished, this.#file);
      this.#told = '';
    } catch (error) {
      this.#tell(reasonOf(error));
    }
  }

  /** Nobody is kept out for it: a full disk may be what they come to mend. */
  #tell(reason: string): void {
    if (reason === this.#told) return;
    this.#told = reason;
    this.#failed(reason);
  }
}
