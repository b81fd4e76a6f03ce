import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/**
 * Looks up the names of log servers one after another. The system can look up two at once, each for as long as its name
 * servers may take: names that nobody answers for must not keep those of a pool's servers from being found.
 */
export class NameLookups {
  readonly #ask: LookupFunction;
  #before: Promise<void> = Promise.resolve();

  constructor(ask: LookupFunction = lookup) {
    this.#ask = ask;
  }

  /** What `connect` takes. A name that is not wanted any more when it is its turn is not looked up, nor answered. */
  whileWanted(isWanted: () => boolean): LookupFunction {
    return (name, options, answered) => {
      // An address is its own answer.
      if (isIP(name) !== 0) {
        this.#ask(name, options, answered);
        return;
      }
      this.#before = this.#before.then(() => {
        if (!isWanted()) return undefined;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#ask(name, options, (...answer) => {
          resolve();
          answered(...answer);
        });
        return promise;
      });
    };
  }
}

/** Those of this process. */
export const nameLookups = new NameLookups();
