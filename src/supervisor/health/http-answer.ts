/** Bytes of the content that are kept. */
const contentBytes = 65_536;
/** Bytes of a whole answer: its content as far as it is kept, as it comes in, and all before it. */
const answerBytes = 4 * contentBytes;
/** Interim responses (RFC 9110, 15.2) before the answer: a good server sends one or two. */
const mostInterim = 10;

const LF = 10;
const nothing = Buffer.alloc(0);

type Phase = 'status' | 'head' | 'content' | 'chunk-size' | 'chunk' | 'over';

/**
 * The answer to one request, as it comes in. It takes what small servers say, a script that calls `echo` among them:
 * lines that end in LF alone, blanks where none should be, headers that are none, an end after the status line.
 */
export class HttpAnswer {
  /** Of the answer; 0: it is not known yet. */
  status = 0;
  /** Why this is no answer. */
  reason: string | undefined;
  readonly #hasContent: boolean;
  readonly #content: Buffer[] = [];
  #contentLength = 0;
  #phase: Phase = 'status';
  #rest: Buffer = nothing;
  #received = 0;
  #interim = 0;
  /** Bytes of the content or chunk that are to come. */
  #remaining = Number.POSITIVE_INFINITY;
  #isChunked = false;

  /** `hasContent`: the request was no HEAD. */
  constructor(hasContent: boolean) {
    this.#hasContent = hasContent;
  }

  /** Nothing more of it is wanted. */
  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** The first 64 KiB of it at most. */
  get content(): string {
    return Buffer.concat(this.#content).subarray(0, contentBytes).toString('utf8');
  }

  take(bytes: Buffer): void {
    this.#received += bytes.length;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (!this.isOver && this.#step());
    if (!this.isOver && this.#received > answerBytes)
      this.#fail(`its answer has more than ${answerBytes / 1024} KiB`);
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#phase === 'status') this.#readStatus(this.#rest.toString('latin1'));
    if (this.status < 200) this.#fail('it closed the connection without an answer');
    this.#phase = 'over';
  }

  /** False: what it has does not suffice for a step. */
  #step(): boolean {
    if (this.#phase === 'content' || this.#phase === 'chunk') return this.#takeContent();
    const end = this.#rest.indexOf(LF);
    if (end < 0) return false;
    const line = this.#rest.toString('latin1', 0, end).trim();
    this.#rest = this.#rest.subarray(end + 1);
    if (this.#phase === 'status') this.#readStatus(line);
    else if (this.#phase === 'chunk-size') this.#readChunkSize(line);
    else if (line !== '') this.#readHeader(line);
    else this.#endHead();
    return true;
  }

  #readStatus(line: string): void {
    if (line.trim() === '') return;
    const [, digits] = /^\s*HTTP\/\d(?:\.\d)?\s+(\d{3})(?!\S)/i.exec(line) ?? [];
    if (digits === undefined) {
      this.#fail('its answer is no HTTP');
      return;
    }
    this.#phase = 'head';
    const status = Number(digits);
    if (status >= 200 || status === 101) this.status = status;
    else this.#interim += 1;
    if (this.#interim > mostInterim) this.#fail(`more than ${mostInterim} interim responses`);
  }

  #readHeader(line: string): void {
    const [, name = '', value = ''] = /^([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === 'content-length' && /^\d{1,15}$/.test(value)) this.#remaining = Number(value);
    if (name.toLowerCase() === 'transfer-encoding') this.#isChunked = /\bchunked$/i.test(value);
  }

  #endHead(): void {
    if (this.status === 0) {
      this.#phase = 'status';
    } else if (!this.#hasContent || this.status === 204 || this.status === 304) {
      this.#phase = 'over';
    } else {
      this.#phase = this.#isChunked ? 'chunk-size' : 'content';
    }
  }

  #readChunkSize(line: string): void {
    // The end of the chunk before.
    if (line === '') return;
    const [digits] = /^[\da-f]{1,8}(?![\da-z])/i.exec(line) ?? [];
    if (digits === undefined) {
      this.#fail('a chunk of its content has no size');
      return;
    }
    this.#remaining = Number.parseInt(digits, 16);
    this.#phase = this.#remaining === 0 ? 'over' : 'chunk';
  }

  #takeContent(): boolean {
    const taken = this.#rest.subarray(0, Math.min(this.#rest.length, this.#remaining));
    this.#rest = this.#rest.subarray(taken.length);
    this.#remaining -= taken.length;
    this.#content.push(taken);
    this.#contentLength += taken.length;
    const isWhole = this.#remaining === 0 && this.#phase === 'content';
    if (isWhole || this.#contentLength >= contentBytes) this.#phase = 'over';
    else if (this.#remaining === 0) this.#phase = 'chunk-size';
    return taken.length > 0;
  }

  #fail(reason: string): void {
    this.reason ??= reason;
    this.#phase = 'over';
  }
}
