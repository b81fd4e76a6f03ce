import { BodyReader, type Framing, requestFraming, responseFraming } from '../../packets/http/body.ts';
import {
  blankLines,
  headEnd,
  type MessageHead,
  mostHeadBytes,
  parseHead,
} from '../../packets/http/message-head.ts';
import type { Mark } from '../../packets/streams/cursor.ts';
import type { TcpStream } from '../../packets/streams/tcp-stream.ts';
import { RuleError } from '../rules/errors.ts';
import { type HeadEdit, headEdits } from './head-edits.ts';
import type { LeftHead, MessageKind } from './message-tables.ts';

/** A message whose head has been read. */
export type Message = {
  readonly kind: MessageKind;
  readonly head: MessageHead;
  /** A reference to its table, if rules have seen it. */
  readonly table: bigint | undefined;
};

/** What becomes of the messages of a connection: rules see them, and say what is to be written. */
export type MessageHandler = {
  /** A head is there. Undefined: it is not to go on. */
  begun(kind: MessageKind, head: MessageHead): Message | undefined;
  /** What rules have left of it; undefined: nobody has seen it. */
  left(message: Message): LeftHead | undefined;
  /** What follows is no HTTP. */
  refused(kind: MessageKind): void;
  /** What follows can't be told, as something was not captured. */
  lost(kind: MessageKind): void;
  /** The method of the request that the next response answers. */
  method(): string | undefined;
};

/** One direction of a connection: finds the messages in its stream. */
export class HttpSide {
  readonly #kind: MessageKind;
  readonly #stream: TcpStream;
  readonly #handler: MessageHandler;
  readonly #isReadOnly: boolean;
  /** The mark at the head that is being read, or is to be written. */
  #mark: Mark | undefined;
  #text = '';
  #pending: { readonly message: Message; readonly whole: number } | undefined;
  #body: BodyReader | undefined;
  /** How much of the stream was missed when it was looked at last. */
  #missed = 0;
  /** Nothing more of it is looked at. */
  isOver = false;

  constructor(kind: MessageKind, stream: TcpStream, handler: MessageHandler, isReadOnly: boolean) {
    this.#kind = kind;
    this.#stream = stream;
    this.#handler = handler;
    this.#isReadOnly = isReadOnly;
  }

  /** Whether a head that rules have seen is still to be written. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Whether the body of a message is at the position of the stream. */
  get isInBody(): boolean {
    return this.#body !== undefined;
  }

  /** Goes on with what there is, up to the next head that rules have seen. False: the connection is to go no further. */
  advance(): boolean {
    const missed = this.#stream.missed - this.#missed;
    this.#missed = this.#stream.missed;
    if (missed > 0) this.#miss(missed);
    while (!this.isOver && this.#pending === undefined && this.#stream.available > 0) {
      if (this.#body === undefined) {
        if (!this.#readHead()) return true;
        if (this.#pending === undefined) return this.isOver;
      } else this.#passBody(this.#body);
    }
    return true;
  }

  /** Rules have had the stream to themselves since so much of the body was there. */
  resume(mark: Mark, before: number): void {
    const problem = this.#stream.seek(mark, true);
    if (problem === undefined) this.#body?.lengthen(this.#stream.available - before);
  }

  /** A place in the body to come back to, and how much there is of it. */
  pause(): { readonly mark: Mark; readonly before: number } | undefined {
    const mark = this.#stream.mark(true);
    return typeof mark === 'string' ? undefined : { mark, before: this.#stream.available };
  }

  /** Writes the head that rules have seen, as they have left it. @throws RuleError */
  write(): void {
    const pending = this.#pending;
    const mark = this.#mark;
    if (pending === undefined || mark === undefined) return;
    this.#pending = undefined;
    this.#mark = undefined;
    const { message, whole } = pending;
    const problem = this.#stream.seek(mark, true);
    // A stream that held more than it may has let it go.
    if (problem !== undefined) {
      this.isOver = true;
      return;
    }
    this.#body?.lengthen(this.#stream.available - whole);
    const left = this.#handler.left(message);
    this.#edit(message.head, left === undefined ? [] : headEdits(message.head, left));
  }

  #edit({ length }: MessageHead, edits: readonly HeadEdit[]): void {
    if (this.#isReadOnly && edits.length > 0) {
      this.#stream.advance(length);
      throw new RuleError('operation not supported (pass-through mode)');
    }
    let at = 0;
    for (const { start, end, text } of edits.toSorted((one, other) => one.start - other.start)) {
      this.#stream.advance(start - at);
      const erased = end > start ? this.#stream.erase(end - start) : 0;
      const problem = typeof erased === 'string' ? erased : this.#stream.insert(Buffer.from(text, 'latin1'));
      if (problem !== undefined) throw new RuleError(`the head of a message can't be written: ${problem}`);
      at = end;
    }
    this.#stream.advance(length - at);
  }

  /** False: more of it has to come. */
  #readHead(): boolean {
    if (this.#mark === undefined) {
      const mark = this.#stream.mark(this.#isReadOnly);
      if (typeof mark === 'string') {
        this.isOver = true;
        return true;
      }
      this.#mark = mark;
      this.#text = '';
    }
    const searched = Math.max(0, this.#text.length - 3);
    this.#text += Buffer.from(this.#stream.read() ?? []).toString('latin1');
    const from = blankLines(this.#text);
    const end = headEnd(this.#text, Math.max(from, searched));
    if (end === undefined) {
      if (from === this.#text.length) this.#letGo();
      else if (this.#text.length > mostHeadBytes || cannotBegin(this.#text, from, this.#kind)) this.#refuse();
      else return false;
      return true;
    }
    const head = parseHead(this.#text.slice(0, end), from, this.#kind === 'request');
    if (head === undefined) this.#refuse();
    else this.#begin(head);
    return true;
  }

  #begin(head: MessageHead): void {
    const mark = this.#mark;
    if (mark === undefined) return;
    this.#stream.seek(mark);
    const whole = this.#stream.available;
    this.#stream.advance(head.length);
    const framing =
      this.#kind === 'request' ? requestFraming(head) : responseFraming(head, this.#handler.method());
    const body = new BodyReader(framing);
    this.#body = body.isOver ? undefined : body;
    this.isOver = endsHttp(framing);
    const message = this.#handler.begun(this.#kind, head);
    if (message === undefined) {
      this.isOver = true;
      return;
    }
    this.#pending = { message, whole };
  }

  #passBody(body: BodyReader): void {
    body.pass(this.#stream);
    if (body.isOver) this.#body = undefined;
  }

  /** Empty lines between messages: nothing is held for them. */
  #letGo(): void {
    if (this.#mark !== undefined) this.#stream.unmark(this.#mark);
    this.#mark = undefined;
  }

  #refuse(): void {
    this.isOver = true;
    this.#letGo();
    this.#handler.refused(this.#kind);
  }

  #miss(count: number): void {
    if (this.#body !== undefined) {
      this.#body.miss(count);
      return;
    }
    if (this.isOver) return;
    this.isOver = true;
    this.#letGo();
    this.#handler.lost(this.#kind);
  }
}

function endsHttp({ kind }: Framing): boolean {
  return kind === 'tunnel';
}

/** Whether a text is no message, whatever follows: other protocols are told before much of them is held. */
function cannotBegin(text: string, from: number, kind: MessageKind): boolean {
  const newline = text.indexOf('\n', from);
  if (newline < 0) return false;
  return parseHead(`${text.slice(from, newline + 1)}\r\n`, 0, kind === 'request') === undefined;
}
