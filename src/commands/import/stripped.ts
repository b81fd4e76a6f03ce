import { counted } from '../../text/plural.ts';

const kinds = {
  around: 'around the sessions',
  shown: 'of looks, and of what they showed',
  refused: 'of commands that the device refused, and of its answers',
} as const;

type Kind = keyof typeof kinds;

/** The most ranges of lines that are named. */
const mostRanges = 20;

/** Lines of a transcript that are no commands, by what they are. */
export class Stripped {
  readonly #byKind = new Map<Kind, number[]>();

  /** `line` counts from 1, and is behind all before. */
  add(kind: Kind, line: number): void {
    const lines = this.#byKind.get(kind) ?? [];
    this.#byKind.set(kind, lines);
    lines.push(line);
  }

  get report(): string[] {
    return [...this.#byKind].map(
      ([kind, lines]) => `${counted(lines.length, 'line')} ${kinds[kind]}: ${ranges(lines)}`,
    );
  }
}

function ranges(lines: readonly number[]): string {
  const found: { readonly from: number; to: number }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last?.to === line - 1) last.to = line;
    else found.push({ from: line, to: line });
  }
  const named = found.slice(0, mostRanges).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return [...named, ...(found.length > mostRanges ? ['...'] : [])].join(', ');
}
