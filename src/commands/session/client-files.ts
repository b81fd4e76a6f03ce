import { decodeSource } from '../../../grammar/source-text.ts';
import type { Answer, Emit, Outcome, ReplyPart, Session } from '../../cli/session/session.ts';
import { FileExists } from '../../files/named-file.ts';
import { beginningOf, writeNamed } from '../../files/named-text.ts';
import type { ReplayOrder } from '../../system/replay-order.ts';
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
 */
export function withFiles(session: Session, replay: Replay = replayHere): Session {
  const answering = async (emit: Emit, run: (emit: Emit) => Promise<Outcome>): Promise<Outcome> => {
    const over = new AbortController();
    const unwritten = new Set<string>();
    const answer = async (wanted: Wanted): Promise<void> => {
      const reading =
        wanted.kind === 'file-wanted' ? readClientFile(wanted) : await replay(wanted.order, over.signal);
      // The next command may wait for something else.
      if (!over.signal.aborted) session.answer(reading);
    };
    const write = (file: FileWritten): void => {
      if (file.append && unwritten.has(file.name)) return;
      const reason = writeClientFile(file);
      if (reason === undefined) return;
      unwritten.add(file.name);
      emit({ kind: 'notice', text: `can't write '${file.name}': ${reason}\n` });
    };
    try {
      const outcome = await run((part) => {
        if (part.kind === 'file') write(part);
        else if (part.kind === 'file-wanted' || part.kind === 'replay-wanted') void answer(part);
        else emit(part);
      });
      return unwritten.size === 0 ? outcome : { ...outcome, status: 1 };
    } finally {
      over.abort();
    }
  };
  return {
    revoked: session.revoked,
    execute: (text, emit, ...more) => answering(emit, (answered) => session.execute(text, answered, ...more)),
    batch: (sources, options, emit, ...more) =>
      answering(emit, (answered) => session.batch(sources, options, answered, ...more)),
    answer: (value) => session.answer(value),
    state: () => session.state(),
    complete: (text, cursor) => session.complete(text, cursor),
    help: (text, cursor) => session.help(text, cursor),
    highlight: (text) => session.highlight(text),
    mayHoldSecret: (text) => session.mayHoldSecret(text),
    interrupt: () => session.interrupt(),
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
    const source = decodeSource(bytes);
    if ('text' in source) return source.text;
    const { line, column } = source.problem;
    return { reason: `no text in UTF-8: see line ${line}, column ${column}` };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Why a file could not be written; undefined: it is. */
function writeClientFile({ name, text, append, overwrite }: FileWritten): string | undefined {
  try {
    writeNamed(name, append ? 'append' : overwrite ? 'overwrite' : 'create', text);
    return undefined;
  } catch (error) {
    const hint = error instanceof FileExists ? '; "overwrite" behind its name replaces it' : '';
    return `${reasonOf(error)}${hint}`;
  }
}
