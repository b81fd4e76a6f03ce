/** Which log records a session wants to see: of every field that is named one of the values. */
export class LogFilter {
  readonly #wanted = new Map<string, ReadonlySet<string>>();

  get isEmpty(): boolean {
    return this.#wanted.size === 0;
  }

  /** The fields in the order in which they were named, each with its values. */
  get entries(): readonly (readonly [string, readonly string[]])[] {
    return [...this.#wanted].map(([field, values]) => [field, [...values]]);
  }

  set(field: string, values: readonly string[]): void {
    this.#wanted.set(field, new Set(values));
  }

  /** Without a field: of all. */
  clear(field?: string): void {
    if (field === undefined) this.#wanted.clear();
    else this.#wanted.delete(field);
  }

  matches(fields: Readonly<Record<string, string | number>>): boolean {
    for (const [field, values] of this.#wanted) {
      const value = fields[field];
      if (value === undefined || !values.has(String(value))) return false;
    }
    return true;
  }
}
