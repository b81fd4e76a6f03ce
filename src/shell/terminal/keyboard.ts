import { type Key as DecodedKey, emitKeypressEvents } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Key, keyOf, pasteOf } from './key.ts';

/** Takes a key, or leaves it to those who asked before by returning false. */
export type TakeKey = (key: Key) => boolean;

/** The keys of a terminal, in their order, for one asker at a time. What nobody takes waits. */
export class Keyboard {
  readonly #input: Readable;
  readonly #listeners = new Set<() => void>();
  readonly #takers: TakeKey[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #waiting: Key[] = [];
  #asker: ((key: Key | null) => void) | undefined;
  #pasted: string[] | undefined;
  #previous = '';
  #over = false;

  constructor(input: Readable) {
    this.#input = input;
    emitKeypressEvents(input);
    input.on('keypress', this.#receive);
    for (const event of ['end', 'close', 'error']) input.on(event, this.#end);
  }

  /** Resolves when no key can come any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Keys have come that nobody has seen. */
  get hasKeys(): boolean {
    return this.#waiting.length > 0;
  }

  /** The next key; null when there will be none. */
  next(): Promise<Key | null> {
    const key = this.#waiting.shift();
    if (key !== undefined) return Promise.resolve(key);
    if (this.#over) return Promise.resolve(null);
    const { promise, resolve } = Promise.withResolvers<Key | null>();
    this.#asker = resolve;
    return promise;
  }

  /** Offers every key that comes from now on to `take` first. What was typed before is not for it. Returns how to stop. */
  offer(take: TakeKey): () => void {
    this.#takers.unshift(take);
    return () => {
      const at = this.#takers.indexOf(take);
      if (at >= 0) this.#takers.splice(at, 1);
    };
  }

  /** Calls back for every key, whoever takes it. Returns how to stop. */
  onKey(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Drops what was typed ahead. */
  forget(): void {
    this.#waiting = [];
  }

  stop(): void {
    this.#end();
    this.#input.off('keypress', this.#receive);
    for (const event of ['end', 'close']) this.#input.off(event, this.#end);
    this.#input.pause();
  }

  readonly #receive = (_text: string | undefined, decoded: DecodedKey): void => {
    for (const listener of this.#listeners) listener();
    if (decoded.name === 'paste-start') {
      this.#pasted = [];
    } else if (decoded.name === 'paste-end') {
      const text = this.#pasted?.join('') ?? '';
      this.#pasted = undefined;
      if (text !== '') this.#deliver(pasteOf(text));
    } else if (this.#pasted !== undefined) {
      this.#pasted.push(decoded.sequence ?? '');
    } else {
      const sequence = decoded.sequence ?? '';
      // Some senders end a line with both.
      const secondHalf = sequence === '\n' && this.#previous === '\r';
      this.#previous = sequence;
      if (!secondHalf) this.#deliver(keyOf(decoded));
    }
  };

  #deliver(key: Key): void {
    if (this.#takers.some((take) => take(key))) return;
    const asker = this.#asker;
    this.#asker = undefined;
    if (asker === undefined) this.#waiting.push(key);
    else asker(key);
  }

  readonly #end = (): void => {
    this.#over = true;
    this.#ended.resolve();
    const asker = this.#asker;
    this.#asker = undefined;
    asker?.(null);
  };
}
