/** Levels as Haka names them, gravest first. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

const levelWidth = 5;
const ranks: Readonly<Record<LogLevel, number>> = { fatal: 0, error: 1, warn: 2, info: 3, debug: 4 };

/** Takes whole lines, as binary strings. Fatal ones go to standard error, the others to standard output. */
export type WriteLines = (stream: 'output' | 'error', text: string) => void;

/** Writes log lines as Haka does: level, module and text, aligned behind the longest module name so far. */
export class RulesLog {
  readonly #write: WriteLines;
  readonly #moduleLevels = new Map<string, LogLevel>();
  #level: LogLevel;
  #moduleWidth = 0;

  constructor(write: WriteLines, level: LogLevel) {
    this.#write = write;
    this.#level = level;
  }

  isOn(level: LogLevel, module: string): boolean {
    const own = this.#moduleLevels.size === 0 ? undefined : this.#moduleLevels.get(module);
    return ranks[level] <= ranks[own ?? this.#level];
  }

  /** Sets the level of a module, or of all others. Returns whether the module had no level of its own before. */
  setLevel(level: LogLevel, module?: string): boolean {
    const { size } = this.#moduleLevels;
    if (module === undefined) this.#level = level;
    else this.#moduleLevels.set(module, level);
    return this.#moduleLevels.size > size;
  }

  log(level: LogLevel, module: string, message: string): void {
    if (!this.isOn(level, module)) return;
    this.#moduleWidth = Math.max(this.#moduleWidth, module.length);
    const padding = ' '.repeat(this.#moduleWidth - module.length);
    const line = `${level.padEnd(levelWidth)} ${module}:${padding} ${message}\n`;
    this.#write(level === 'fatal' ? 'error' : 'output', line);
  }

  /** Writes a line without level and module. */
  print(text: string): void {
    this.#write('output', `${text}\n`);
  }
}
