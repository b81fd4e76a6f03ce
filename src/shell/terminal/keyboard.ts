import { type Key as DecodedKey, emitKeypressEvents } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Key, keyOf, pasteOf } from './key.ts';

/** In UTF-16 code units; what is longer is for `levee import`. */
const longestPaste = 8 * 1024 * 1024;

/** Keys that are kept for whoever reads next; nobody types as many while a command runs. */
const mostTypeAhead = 10_000;

/** Handles a key, or leaves it to the handlers before it by returning false. */
export type KeyHandler = (key: Key) => boolean;

/** The keys of a terminal, in their order, for one reader at a time. Keys that nobody handles or reads yet are type-ahead. */
export class Keyboard {
  readonly #input: Readable;
  readonly #longest: number;
  readonly #listeners = new Set<() => void>();
  readonly #handlers: KeyHandler[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #typeAhead: Key[] = [];
  #reader: ((key: Key | null) => void) | undefined;
  #pasted: { readonly parts: string[]; length: number } | undefined;
  #previous = '';
  #hasEnded = false;

  /** `longest`: of a paste, in UTF-16 code units. */
  constructor(input: Readable, longest = longestPaste) {
    this.#input = input;
    this.#longest = longest;
    emitKeypressEvents(input);
    input.on('keypress', this.#receive);
    for (const event of ['end', 'close', 'error']) input.on(event, this.#end);
  }

  /** Resolves when no key can come any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** No key can come any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Keys have come that nobody has read. */
  get hasTypeAhead(): boolean {
    return this.#typeAhead.length > 0;
  }

  /** The first of the keys that nobody has read yet, but for those of this chord. */
  aheadOf(chord: string): Key | undefined {
    return this.#typeAhead.find((key) => key.kind !== 'key' || key.chord !== chord);
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

  /** Offers what was typed ahead to the handlers, key by key, up to one that none of them takes. */
  offerTypeAhead(): void {
    for (;;) {
      const [key] = this.#typeAhead;
      if (key === undefined || !this.#handlers.some((handler) => handler(key))) return;
      this.#typeAhead.shift();
    }
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
      this.#pasted = { parts: [], length: 0 };
    } else if (decoded.name === 'paste-end') {
      const { parts, length } = this.#pasted ?? { parts: [], length: 0 };
      this.#pasted = undefined;
      if (length > this.#longest) this.#deliver({ kind: 'overflow' });
      else if (length > 0) this.#deliver(pasteOf(parts.join('')));
    } else if (this.#pasted !== undefined) {
      const sequence = decoded.sequence ?? '';
      this.#pasted.length += sequence.length;
      if (this.#pasted.length <= this.#longest) this.#pasted.parts.push(sequence);
      else this.#pasted.parts.length = 0;
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
    if (reader !== undefined) reader(key);
    else if (this.#typeAhead.length < mostTypeAhead) this.#typeAhead.push(key);
  }

  readonly #end = (): void => {
    this.#hasEnded = true;
    this.#ended.resolve();
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(null);
  };
}
