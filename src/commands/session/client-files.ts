import { decodeSource } from '../../../grammar/source-text.ts';
import { ofNoText, problemOf } from '../../cli/faults/problem.ts';
import type { Answer, Emit, Outcome, ReplyPart, Session } from '../../cli/session/session.ts';
import { foreignBytes } from '../../files/foreign-bytes.ts';
import { FileExists } from '../../files/named-file.ts';
import { beginningOf, writeNamed } from '../../files/named-text.ts';
import type { ReplayOrder } from '../../system/replay-order.ts';
import { counted } from '../../text/plural.ts';
import { reasonOf } from '../../text/reason.ts';

type FileWanted = Extract<ReplyPart, { kind: 'file-wanted' }>;
type FileWritten = Extract<ReplyPart, { kind: 'file' }>;
type Wanted = FileWanted | Extract<ReplyPart, { kind: 'replay-wanted' }>;

/** The report of a replay as text, or why there is none. */
export type Replay = (order: ReplayOrder, signal: AbortSignal) => Promise<Answer>;

/**
 * A session for which this process reads and writes the files that its commands name, and replays captures. A file that
 * can't be written fails the command.
 *
 * @param replay what is done with an order instead
 * @param asks whether there is somebody who is asked before a file is overwritten
 */
export function withFiles(session: Session, replay: Replay = replayHere, asks = false): Session {
  let asked: ((answer: Answer) => void) | undefined;
  const confirm = async (message: string, emit: Emit): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    asked = resolve;
    emit({ kind: 'question', question: { kind: 'confirm', message } });
    return (await promise) === 'yes';
  };
  const answering = async (emit: Emit, run: (emit: Emit) => Promise<Outcome>): Promise<Outcome> => {
    const over = new AbortController();
    const files = new Map<string, SavedFile>();
    const answer = async (wanted: Wanted): Promise<void> => {
      const reading =
        wanted.kind === 'file-wanted' ? readClientFile(wanted) : await replay(wanted.order, over.signal);
      // The next command may wait for something else.
      if (!over.signal.aborted) session.answer(reading);
    };
    const write = (part: FileWritten): void => {
      const file = files.get(part.name) ?? new SavedFile(part);
      files.set(part.name, file);
      file.write(part);
    };
    try {
      const outcome = await run((part) => {
        if (part.kind === 'file') write(part);
        else if (part.kind === 'file-wanted' || part.kind === 'replay-wanted') void answer(part);
        else emit(part);
      });
      let areWritten = true;
      for (const file of files.values()) {
        if (asks && file.isInTheWay) {
          if (await confirm(`Overwrite '${file.name}'?`, emit)) file.overwrite();
          else file.leave();
        }
        emit(file.report());
        areWritten &&= file.isWritten;
      }
      return areWritten ? outcome : { ...outcome, status: 1 };
    } finally {
      over.abort();
      asked = undefined;
    }
  };
  const give = (value: Answer): void => {
    const waiting = asked;
    asked = undefined;
    if (waiting === undefined) session.answer(value);
    else waiting(value);
  };
  return {
    revoked: session.revoked,
    lost: session.lost,
    execute: (text, emit, ...more) => answering(emit, (answered) => session.execute(text, answered, ...more)),
    batch: (sources, options, emit, ...more) =>
      answering(emit, (answered) => session.batch(sources, options, answered, ...more)),
    answer: give,
    state: () => session.state(),
    complete: (text, cursor) => session.complete(text, cursor),
    help: (text, cursor) => session.help(text, cursor),
    highlight: (text) => session.highlight(text),
    mayHoldSecret: (text) => session.mayHoldSecret(text),
    interrupt: () => {
      if (asked !== undefined) give(null);
      session.interrupt();
    },
    close: () => session.close(),
  };
}

/** Loads what replays on first use. The capture can't be standard input, which commands may be read from. */
async function replayHere(order: ReplayOrder, signal: AbortSignal): Promise<Answer> {
  try {
    const { replayCapture } = await import('../replay/replay-capture.ts');
    return JSON.stringify(await replayCapture(order, undefined, signal));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** The text of a file, or why it can't be had. */
function readClientFile({ name, longest }: FileWanted): Answer {
  try {
    const { bytes, size } = beginningOf(name, longest + 1);
    if (bytes.length > longest) return { reason: `too large: ${size} bytes, where ${longest} is the most` };
    const foreign = foreignBytes(bytes);
    if (foreign !== undefined) {
      const way = foreign.remedy === undefined ? '' : `: "${foreign.remedy} FILE" writes it as text`;
      return { reason: `not in UTF-8; this is ${foreign.what}${way}` };
    }
    const source = decodeSource(bytes);
    if ('text' in source) return source.text;
    const { line, column } = source.problem;
    return { reason: `no text in UTF-8: see line ${line}, column ${column}` };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** A file that a command writes, piece by piece. */
class SavedFile {
  readonly name: string;
  #pieces: string[] = [];
  #lines = 0;
  #fault: unknown;
  #isOpen: boolean;
  #isLeft = false;

  /** `overwrite`: what it held before may be lost. */
  constructor({ name, append }: FileWritten) {
    this.name = name;
    this.#isOpen = append;
  }

  get isWritten(): boolean {
    return this.#fault === undefined;
  }

  /** There is such a file already, and nobody has said that it may go. */
  get isInTheWay(): boolean {
    return this.#fault instanceof FileExists;
  }

  write({ text, overwrite }: FileWritten): void {
    this.#lines += text.split('\n').length - 1;
    if (this.isWritten) this.#put(this.#isOpen ? 'append' : overwrite ? 'overwrite' : 'create', text);
    if (this.isInTheWay) this.#pieces.push(text);
  }

  overwrite(): void {
    this.#fault = undefined;
    this.#put('overwrite', this.#pieces.join(''));
  }

  leave(): void {
    this.#isLeft = true;
  }

  /** What became of it, for its person. */
  report(): ReplyPart {
    if (this.#isLeft) return { kind: 'notice', text: `'${this.name}' stays as it was\n` };
    if (this.isWritten)
      return { kind: 'done', text: `${counted(this.#lines, 'line')} written to '${this.name}'\n` };
    const hint = this.isInTheWay ? '; "overwrite" behind its name replaces it' : '';
    const word = `can't write '${this.name}'`;
    const fault = { error: 'operation-failed', word, expected: `${reasonOf(this.#fault)}${hint}` } as const;
    return { kind: 'problem', problem: problemOf(fault, ofNoText) };
  }

  #put(how: 'append' | 'overwrite' | 'create', text: string): void {
    try {
      writeNamed(this.name, how, text);
      this.#isOpen = true;
    } catch (error) {
      this.#fault = error;
    }
  }
}
