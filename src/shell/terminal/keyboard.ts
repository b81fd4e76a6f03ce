import { type Key as DecodedKey, emitKeypressEvents } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Key, keyOf, pasteOf } from './key.ts';

/** Handles a key, or leaves it to the handlers before it by returning false. */
export type KeyHandler = (key: Key) => boolean;

/** The keys of a terminal, in their order, for one reader at a time. Keys that nobody handles or reads yet are type-ahead. */
export class Keyboard {
  readonly #input: Readable;
  readonly #listeners = new Set<() => void>();
  readonly #handlers: KeyHandler[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #typeAhead: Key[] = [];
  #reader: ((key: Key | null) => void) | undefined;
  #pasted: string[] | undefined;
  #previous = '';
  #hasEnded = false;

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

  /** Keys have come that nobody has read. */
  get hasTypeAhead(): boolean {
    return this.#typeAhead.length > 0;
  }

  /** The next key; null when there will be none. */
  next(): Promise<Key | null> {
    const key = this.#typeAhead.shift();
    if (key !== undefined) return Promise.resolve(key);
    if (this.#hasEnded) return Promise.resolve(null);
    const { promise, resolve } = Promise.withResolvers<Key | null>();
    this.#reader = resolve;
    return promise;
  }

  /** Offers every key that comes from now on to `handler` first; type-ahead is not for it. Returns how to stop. */
  handle(handler: KeyHandler): () => void {
    this.#handlers.unshift(handler);
    return () => {
      const at = this.#handlers.indexOf(handler);
      if (at >= 0) this.#handlers.splice(at, 1);
    };
  }

  /** Calls back for every key, whoever handles it. Returns how to stop. */
  onKey(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  discardTypeAhead(): void {
    this.#typeAhead = [];
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
      // Some terminals end a line with both.
      const secondHalf = sequence === '\n' && this.#previous === '\r';
      this.#previous = sequence;
      if (!secondHalf) this.#deliver(keyOf(decoded));
    }
  };

  #deliver(key: Key): void {
    if (this.#handlers.some((handler) => handler(key))) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#typeAhead.push(key);
    else reader(key);
  }

  readonly #end = (): void => {
    this.#hasEnded = true;
    this.#ended.resolve();
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(null);
  };
}
