/** Levels as Haka names them, gravest first. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

const levelWidth = 5;
const ranks: Readonly<Record<LogLevel, number>> = { fatal: 0, error: 1, warn: 2, info: 3, debug: 4 };

/** Takes whole lines; bytes as characters. What is fatal goes to standard error, the rest to standard output. */
export type WriteLines = (stream: 'output' | 'error', text: string) => void;

/** Log lines as Haka prints them: the level, the module, and the text behind the longest name of a module so far. */
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

  /** Whether it is of a module that had none of its own. */
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

  /** A line as it is. */
  print(text: string): void {
    this.#write('output', `${text}\n`);
  }
}
