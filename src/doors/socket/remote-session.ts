import { createConnection, type Socket } from 'node:net';
import type { Login } from '../../cli/session/open-session.ts';
import type { Answer, BatchOptions, BatchSource, Emit, Outcome, Session } from '../../cli/session/session.ts';
import { mostText } from '../../cli/session/settings/limits.ts';
import type { Completion, HelpLine, Highlight } from '../../cli/typing/assistance.ts';
import type { Credentials, Origin } from '../../system/login.ts';
import { encodeMessage, FrameReader } from './frames.ts';
import { chunkSize, isResponse, type Request, type Response } from './messages.ts';

const ended = 'Levee has ended the session';

/** A request that is on its way; `take` sees each answer and says whether it was the last. */
type Waiting = {
  readonly take: (response: Response) => boolean;
  readonly fail: (error: Error) => void;
};

/** A session of another process, by its control socket. */
export class RemoteSession implements Session {
  readonly #socket: Socket;
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY);
  readonly #waiting: Waiting[] = [];
  readonly #revocation = Promise.withResolvers<string>();
  readonly revoked = this.#revocation.promise;
  readonly #loss = Promise.withResolvers<Error>();
  readonly lost = this.#loss.promise;
  #isClosed = false;
  #isLost = false;
  #isRevoked = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (cause) => this.#lose(new Error(ended, { cause })));
    socket.on('close', () => this.#lose(new Error(ended)));
  }

  /** Rejects with the error of connect(2): ENOENT and ECONNREFUSED mean that nobody serves the socket. */
  static async connect(file: string): Promise<RemoteSession> {
    const socket = createConnection(file);
    const connected = Promise.withResolvers<void>();
    socket.once('connect', connected.resolve);
    socket.once('error', connected.reject);
    await connected.promise;
    socket.off('error', connected.reject);
    return new RemoteSession(socket);
  }

  /** Whether the other process is gone, or will not have this one. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Opens the session; before that it can do nothing. It can be tried again after a refusal. */
  login({ name }: Origin, credentials: Credentials): Promise<Login> {
    this.#send({ type: 'open', origin: name, credentials });
    return this.#answer((response): Login | undefined => {
      if (response.type === 'login') return response.refusal;
      if (response.type !== 'opened') return undefined;
      const { account, notice } = response;
      return { session: this, account, notice };
    });
  }

  execute(text: string, emit: Emit): Promise<Outcome> {
    this.#send({ type: 'execute', text });
    return this.#outcome(emit);
  }

  batch(sources: readonly BatchSource[], options: BatchOptions, emit: Emit): Promise<Outcome> {
    this.#send({ type: 'batch', options });
    // A byte more than there may be, so that the session says so.
    let left = mostText + 1;
    for (const { name, bytes } of sources) {
      this.#send({ type: 'source', name });
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, left));
      left -= whole.length;
      for (let start = 0; start < whole.length; start += chunkSize) {
        this.#send({ type: 'chunk', bytes: whole.toString('base64', start, start + chunkSize) });
      }
    }
    this.#send({ type: 'run' });
    return this.#outcome(emit);
  }

  answer(value: Answer): void {
    let rest = value;
    while (typeof rest === 'string' && rest.length > chunkSize) {
      this.#send({ type: 'piece', text: rest.slice(0, chunkSize) });
      rest = rest.slice(chunkSize);
    }
    this.#send({ type: 'answer', value: rest });
  }

  state(): Promise<Outcome> {
    this.#send({ type: 'state' });
    return this.#outcome(() => undefined);
  }

  complete(text: string, cursor: number): Promise<Completion> {
    this.#send({ type: 'complete', text, cursor });
    return this.#answer((response) => (response.type === 'complete' ? response.completion : undefined));
  }

  help(text: string, cursor: number): Promise<readonly HelpLine[]> {
    this.#send({ type: 'help', text, cursor });
    return this.#answer((response) => (response.type === 'help' ? response.lines : undefined));
  }

  highlight(text: string): Promise<readonly Highlight[]> {
    this.#send({ type: 'highlight', text });
    return this.#answer((response) => (response.type === 'highlight' ? response.highlights : undefined));
  }

  mayHoldSecret(text: string): Promise<boolean> {
    this.#send({ type: 'may-hold-secret', text });
    return this.#answer((response) => (response.type === 'may-hold-secret' ? response.value : undefined));
  }

  interrupt(): void {
    this.#send({ type: 'interrupt' });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.end();
  }

  #outcome(emit: Emit): Promise<Outcome> {
    return this.#answer((response) => {
      if (response.type === 'part') emit(response.part);
      return response.type === 'outcome' ? response.outcome : undefined;
    });
  }

  /** Resolves to what `read` makes of an answer to the request that was sent last. */
  #answer<T>(read: (response: Response) => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const take = (response: Response): boolean => {
      const value = read(response);
      if (value !== undefined) resolve(value);
      return value !== undefined;
    };
    if (this.#socket.destroyed) reject(new Error(ended));
    else this.#waiting.push({ take, fail: reject });
    return promise;
  }

  #send(request: Request): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeMessage(request));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#frames.read(chunk)) {
        if (!isResponse(message)) throw new Error('an answer that this version does not know');
        if (message.type === 'revoked') {
          this.#isRevoked = true;
          this.#revocation.resolve(message.reason);
        }
        if (message.type === 'failed' || message.type === 'revoked') throw new Error(message.reason);
        if (this.#waiting[0]?.take(message)) this.#waiting.shift();
      }
    } catch (error) {
      this.#lose(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #lose(error: Error): void {
    this.#isLost = true;
    this.#socket.destroy();
    if (!this.#isClosed && !this.#isRevoked) this.#loss.resolve(error);
    for (const { fail } of this.#waiting.splice(0)) fail(error);
  }
}
