import type { FileHandle } from 'node:fs/promises';
import { decodeSource } from '../../../grammar/source-text.ts';
import type { Answer, Emit, Outcome, ReplyPart, Session } from '../../cli/session/session.ts';
import type { ReplayOrder } from '../../system/replay-order.ts';
import { reasonOf } from '../../text/reason.ts';
import { openRegularFile } from '../io/regular-file.ts';

type FileWanted = Extract<ReplyPart, { kind: 'file-wanted' }>;
/** The report of a replay as text, or why there is none. */
export type Replay = (order: ReplayOrder, signal: AbortSignal) => Promise<Answer>;

type Wanted = FileWanted | Extract<ReplyPart, { kind: 'replay-wanted' }>;

/**
 * A session for which this process reads the files that its commands want, and replays captures.
 *
 * @param replay what is done with an order instead
 */
export function withFiles(session: Session, replay: Replay = replayHere): Session {
  const answering = async (emit: Emit, run: (emit: Emit) => Promise<Outcome>): Promise<Outcome> => {
    const over = new AbortController();
    const answer = async (wanted: Wanted): Promise<void> => {
      const reading =
        wanted.kind === 'file-wanted'
          ? await readClientFile(wanted)
          : await replay(wanted.order, over.signal);
      // The next command may wait for something else.
      if (!over.signal.aborted) session.answer(reading);
    };
    try {
      return await run((part) =>
        part.kind === 'file-wanted' || part.kind === 'replay-wanted' ? void answer(part) : emit(part),
      );
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
async function readClientFile({ name, longest }: FileWanted): Promise<Answer> {
  let file: FileHandle | undefined;
  try {
    file = await openRegularFile(name);
    const bytes = await beginningOf(file, longest + 1);
    if (bytes.length > longest) {
      const stat = await file.stat();
      return {
        reason: `too large: ${Math.max(stat.size, bytes.length)} bytes, where ${longest} is the most`,
      };
    }
    const source = decodeSource(bytes);
    if ('text' in source) return source.text;
    const { line, column } = source.problem;
    return { reason: `no text in UTF-8: see line ${line}, column ${column}` };
  } catch (error) {
    return { reason: reasonOf(error) };
  } finally {
    await file?.close();
  }
}

/** At most `size` bytes: a file may grow while it is read. */
async function beginningOf(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, size - length, null);
    length += bytesRead;
    if (bytesRead === 0 || length === size) return bytes.subarray(0, length);
  }
}
