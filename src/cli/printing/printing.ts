import type { Configuration } from '../../system/configuration.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import type { Client } from '../session/context.ts';
import type { Emit } from '../session/session.ts';
import { LinesAhead } from './lines/lines-ahead.ts';
import type { Printed } from './lines/printed.ts';

/** Characters of a file in one message. */
const fileAtOnce = 65_536;

type Reader = Pick<Client, 'drained' | 'signal'>;

/** Whoever says that what is shown is about to change. */
export type Revisions = Pick<Configuration, 'beforeRevision'>;

/**
 * Sends what commands show to their client, line by line, or for a file that the client writes. What takes long is sent
 * in turns, and no faster than it is read; an interruption ends it. All of it is of one moment, whatever is committed
 * meanwhile.
 */
export class Printing {
  readonly #emit: Emit;
  readonly #reader: Reader;
  readonly #revisions: Revisions;
  /** What is not all made yet. */
  readonly #unmade = new Set<LinesAhead>();
  #unwatch: (() => void) | undefined;
  /** Never rejects. Undefined: all is sent. */
  #sending: Promise<void> | undefined;
  #failure: unknown;

  constructor(emit: Emit, reader: Reader, revisions: Revisions) {
    this.#emit = emit;
    this.#reader = reader;
    this.#revisions = revisions;
  }

  /** Sends at once what can be made in a moment, and the rest later. Throws where one of the first lines can't be made. */
  print(printed: Printed): void {
    const before = this.#sending;
    const lines = new LinesAhead(printed.lines);
    const begin = (): Promise<void> | undefined =>
      this.#send(lines, this.#outputOf(printed), new TimeSlice());
    const sending = before === undefined ? begin() : before.then(begin);
    if (sending === undefined) return;
    this.#watch(lines);
    const settled = sending
      .catch((failure: unknown) => {
        this.#failure ??= failure;
      })
      .then(() => {
        this.#forget(lines);
        if (this.#sending === settled) this.#sending = undefined;
      });
    this.#sending = settled;
  }

  /** Resolves when all is sent, and rejects where a line could not be made. Undefined: all is. */
  finished(): Promise<void> | undefined {
    return this.#sending === undefined && this.#failure === undefined ? undefined : this.#finish();
  }

  async #finish(): Promise<void> {
    await this.#sending;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #watch(lines: LinesAhead): void {
    this.#unmade.add(lines);
    this.#unwatch ??= this.#revisions.beforeRevision(() => {
      for (const each of this.#unmade) each.makeAll();
    });
  }

  #forget(lines: LinesAhead): void {
    this.#unmade.delete(lines);
    if (this.#unmade.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #outputOf({ file, goesOn, unpaged, screen }: Printed): LineOutput {
    if (file !== undefined) return new FileOutput(this.#emit, file, goesOn === true);
    if (unpaged) this.#emit({ kind: 'unpaged' });
    return new Output(this.#emit, screen);
  }

  #send(lines: LinesAhead, output: LineOutput, slice: TimeSlice): Promise<void> | undefined {
    for (let next = lines.next(); ; next = lines.next()) {
      if (next.done === true) {
        output.end();
        return undefined;
      }
      if (next.value !== undefined) output.line(next.value);
      if (slice.isOver) return this.#later(lines, output, slice);
    }
  }

  async #later(lines: LinesAhead, output: LineOutput, slice: TimeSlice): Promise<void> {
    await slice.renew();
    await this.#reader.drained();
    if (!this.#reader.signal.aborted) await this.#send(lines, output, slice);
  }
}

/** Where lines go. */
interface LineOutput {
  line(text: string): void;
  /** There are no more. */
  end(): void;
}

class Output implements LineOutput {
  readonly #emit: Emit;
  readonly #screen: readonly string[] | undefined;
  #next = 0;

  constructor(emit: Emit, screen: readonly string[] | undefined) {
    this.#emit = emit;
    this.#screen = screen;
  }

  line(text: string): void {
    const shown = this.#screen?.[this.#next];
    this.#next += 1;
    const part = { kind: 'output', text: `${text}\n` } as const;
    this.#emit(shown === undefined ? part : { ...part, screen: `${shown}\n` });
  }

  end(): void {}
}

class FileOutput implements LineOutput {
  readonly #emit: Emit;
  readonly #file: NonNullable<Printed['file']>;
  /** It has been begun. */
  #append: boolean;
  #text = '';

  constructor(emit: Emit, file: NonNullable<Printed['file']>, append: boolean) {
    this.#emit = emit;
    this.#file = file;
    this.#append = append;
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length >= fileAtOnce) this.#write();
  }

  end(): void {
    if (this.#text !== '' || !this.#append) this.#write();
  }

  #write(): void {
    this.#emit({ kind: 'file', ...this.#file, text: this.#text, append: this.#append });
    this.#append = true;
    this.#text = '';
  }
}
