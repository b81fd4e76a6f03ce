import type { Words } from './words.ts';

/** Changes a word that others watch, and wakes them. */
export function announceChange(words: Words, at: number): void {
  Atomics.add(words, at, 1);
  Atomics.notify(words, at);
}

/** Calls once a word is no longer what was seen of it. It keeps no process alive. */
export class ChangeWatch {
  readonly #words: Words;
  readonly #at: number;
  readonly #changed: () => void;
  #isWaiting = false;

  /** `changed` is called once for each `wait`, and may find nothing changed. */
  constructor(words: Words, at: number, changed: () => void) {
    this.#words = words;
    this.#at = at;
    this.#changed = changed;
  }

  /** Waits until a change is announced, or not at all where the word is no longer `seen`. Nothing happens while it waits. */
  wait(seen: number): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    void this.#change(seen).then(() => {
      this.#isWaiting = false;
      this.#changed();
    });
  }

  /** Wakes all who wait for that word: whoever waits for ever keeps its memory for ever. */
  wake(): void {
    Atomics.notify(this.#words, this.#at);
  }

  async #change(seen: number): Promise<void> {
    const { async: isWaiting, value } = Atomics.waitAsync(this.#words, this.#at, seen);
    if (isWaiting) await value;
  }
}
