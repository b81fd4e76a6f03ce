/** The most lines that a history holds. */
export const historyLimit = 1000;

/** What was typed before, the newest last. */
export class History {
  readonly #entries: string[];
  readonly #added: (entry: string) => void;
  /** Of this run; of what was typed before it is not known. */
  readonly #failed = new Set<string>();

  /** `added` is called with each entry that is new. */
  constructor(entries: readonly string[], added: (entry: string) => void) {
    this.#entries = entries.slice(-historyLimit);
    this.#added = added;
  }

  get length(): number {
    return this.#entries.length;
  }

  at(index: number): string | undefined {
    return this.#entries[index];
  }

  /** Keeps a line, unless it is blank or repeats the one before. */
  add(line: string): void {
    const entry = line.trim();
    if (entry === '' || entry === this.#entries.at(-1)) return;
    this.#entries.push(entry);
    if (this.#entries.length > historyLimit) this.#entries.shift();
    this.#added(entry);
  }

  /** Whether it went well, the last time that it was run. */
  ran(line: string, wentWell: boolean): void {
    if (wentWell) this.#failed.delete(line.trim());
    else this.#failed.add(line.trim());
  }

  /** Entries of one line that begin with `text` and go on, and did not fail when they were run: at most so many, the newest first. */
  beginningWith(text: string, most: number): readonly string[] {
    const found = new Set<string>();
    for (let at = this.#entries.length - 1; at >= 0 && found.size < most; at -= 1) {
      const entry = this.#entries[at] ?? '';
      const goesOn =
        entry.length > text.length && entry.startsWith(text) && !entry.includes('\n', text.length);
      if (goesOn && !this.#failed.has(entry)) found.add(entry);
    }
    return [...found];
  }

  /** The index of the newest entry before `index` that holds `text`; -1: there is none. */
  indexHolding(text: string, index: number): number {
    for (let at = Math.min(index, this.#entries.length) - 1; at >= 0; at -= 1) {
      if (this.#entries[at]?.includes(text)) return at;
    }
    return -1;
  }
}

/** The entry that is shown, by its index, and what was typed before the first one was recalled. */
export type Recall = { readonly index: number; readonly typed: string };

/** One entry older (-1) or newer (1); undefined where the history ends. */
export function recalled(
  history: History,
  recall: Recall | undefined,
  text: string,
  direction: -1 | 1,
): { readonly recall: Recall | undefined; readonly text: string } | undefined {
  const { index, typed } = recall ?? { index: history.length, typed: text };
  const target = index + direction;
  if (target === history.length) return { recall: undefined, text: typed };
  const entry = history.at(target);
  return entry === undefined ? undefined : { recall: { index: target, typed }, text: entry };
}
