import { createConnection, type Socket } from 'node:net';
import type { BatchOptions, BatchSource, Emit, Outcome, Session } from '../cli/session.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { chunkSize, isResponse, type Request } from './messages.ts';

type Waiting = { readonly emit: Emit; readonly answer: PromiseWithResolvers<Outcome> };

/** A session of another process, by its control socket. */
export class RemoteSession implements Session {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket, origin: string) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#lose(error));
    socket.on('close', () => this.#lose(new Error('Levee has ended the session')));
    this.#send({ type: 'open', origin });
  }

  /** Rejects with the error of connect(2): ENOENT and ECONNREFUSED mean that nobody serves the socket. */
  static async connect(file: string, origin: string): Promise<RemoteSession> {
    const socket = createConnection(file);
    const connected = Promise.withResolvers<void>();
    socket.once('connect', connected.resolve);
    socket.once('error', connected.reject);
    await connected.promise;
    socket.off('error', connected.reject);
    return new RemoteSession(socket, origin);
  }

  execute(text: string, emit: Emit): Promise<Outcome> {
    this.#send({ type: 'execute', text });
    return this.#answer(emit);
  }

  batch(sources: readonly BatchSource[], options: BatchOptions, emit: Emit): Promise<Outcome> {
    this.#send({ type: 'batch', options });
    for (const { name, bytes } of sources) {
      this.#send({ type: 'source', name });
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let start = 0; start < whole.length; start += chunkSize) {
        this.#send({ type: 'chunk', bytes: whole.toString('base64', start, start + chunkSize) });
      }
    }
    this.#send({ type: 'run' });
    return this.#answer(emit);
  }

  async prompt(): Promise<string> {
    this.#send({ type: 'prompt' });
    return (await this.#answer(() => undefined)).prompt;
  }

  interrupt(): void {
    this.#send({ type: 'interrupt' });
  }

  close(): void {
    this.#socket.end();
  }

  #answer(emit: Emit): Promise<Outcome> {
    const answer = Promise.withResolvers<Outcome>();
    if (this.#socket.destroyed) answer.reject(new Error('Levee has ended the session'));
    else this.#waiting.push({ emit, answer });
    return answer.promise;
  }

  #send(request: Request): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(request));
  }

  #receive(chunk: Buffer): void {
    for (const message of this.#frames.read(chunk)) {
      if (!isResponse(message)) {
        this.#lose(new Error('an answer that this version does not know'));
      } else if (message.type === 'part') {
        this.#waiting[0]?.emit(message.part);
      } else if (message.type === 'outcome') {
        this.#waiting.shift()?.answer.resolve(message.outcome);
      } else {
        this.#lose(new Error(message.reason));
      }
    }
  }

  #lose(error: Error): void {
    this.#socket.destroy();
    for (const { answer } of this.#waiting.splice(0)) answer.reject(error);
  }
}
