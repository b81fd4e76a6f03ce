import type { Caller } from '../io/caller.ts';

const full = 64 * 1024;

/** Text for standard output and standard error, bytes as characters. It is kept in order until `flush`. */
export class BufferedOutput {
  #parts: { readonly isError: boolean; text: string }[] = [];
  #length = 0;
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  add(isError: boolean, text: string): void {
    const last = this.#parts.at(-1);
    if (last?.isError === isError) last.text += text;
    else this.#parts.push({ isError, text });
    this.#length += text.length;
  }

  get isFull(): boolean {
    return this.#length >= full;
  }

  flush(): void {
    const { output, error } = this.#caller;
    const parts = this.#parts;
    this.#parts = [];
    this.#length = 0;
    for (const { isError, text } of parts) (isError ? error : output)(Buffer.from(text, 'latin1'));
  }
}
