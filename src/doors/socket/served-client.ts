import type { Socket } from 'node:net';
import type { OpenSession } from '../../cli/session/open-session.ts';
import type { BatchOptions, BatchSource, Emit, Outcome, Session } from '../../cli/session/session.ts';
import { messageOf } from '../../text/reason.ts';
import { ClientSession } from '../client-session.ts';
import { encodeMessage, FrameReader, maximumMessage } from './frames.ts';
import { type Request, type Response, readRequest } from './messages.ts';

/** Requests that may wait for their turn before the client has to wait. */
const longestQueue = 64;

/** A client of the control socket. Its requests are answered in their order; only `interrupt` and `answer` overtake. */
export class ServedClient {
  readonly #socket: Socket;
  readonly #client: ClientSession;
  readonly #peerOf: (socket: Socket) => string;
  readonly #frames = new FrameReader(maximumMessage);
  #working: Promise<void> = Promise.resolve();
  /** Requests that wait for their turn. */
  #queued = 0;
  #failed = false;
  #options: BatchOptions | undefined;
  #sources: { readonly name: string; readonly chunks: Buffer[] }[] = [];

  constructor(socket: Socket, openSession: OpenSession, peerOf: (socket: Socket) => string) {
    this.#socket = socket;
    this.#peerOf = peerOf;
    this.#client = new ClientSession(openSession);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#client.end());
  }

  #receive(chunk: Buffer): void {
    if (this.#failed) return;
    try {
      for (const message of this.#frames.read(chunk)) {
        const request = readRequest(message);
        if (request === undefined) throw new TypeError('a message that this version does not know');
        this.#accept(request);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #accept(request: Request): void {
    if (request.type === 'interrupt') {
      this.#client.session?.interrupt();
      return;
    }
    if (request.type === 'answer') {
      this.#client.session?.answer(request.value);
      return;
    }
    this.#queued += 1;
    if (this.#queued === longestQueue) this.#socket.pause();
    this.#working = this.#working
      .then(async () => {
        await this.#drained();
        this.#queued -= 1;
        if (this.#socket.isPaused() && !this.#failed) this.#socket.resume();
        if (this.#socket.destroyed || this.#failed) return;
        const response = await this.#perform(request);
        if (response !== undefined) this.#send(response);
        if (response?.type === 'outcome' && response.outcome.revoked) this.#end();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  /** Nothing more is done for a client before it has read what was sent to it. */
  readonly #drained = async (): Promise<void> => {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('drain', resolve).once('close', resolve);
    await promise;
    this.#socket.off('drain', resolve).off('close', resolve);
  };

  async #perform(request: Exclude<Request, { type: 'interrupt' | 'answer' }>): Promise<Response | undefined> {
    if (request.type === 'open') {
      // Nobody else can open the socket.
      const origin = { name: request.origin, fromOwner: true, peer: this.#peerOf(this.#socket) };
      const login = await this.#client.login(origin, request.credentials);
      if ('kind' in login) return { type: 'login', refusal: login };
      const { session, notice } = login;
      void session.revoked.then((reason) => this.#dismiss(session, reason));
      return { type: 'opened', notice };
    }
    const { session } = this.#client;
    if (session === undefined) throw new TypeError('a message before the session was opened');
    switch (request.type) {
      case 'execute':
        return { type: 'outcome', outcome: await session.execute(request.text, this.#emit, this.#drained) };
      case 'state':
        return { type: 'outcome', outcome: await session.state() };
      case 'complete':
        return { type: 'complete', completion: await session.complete(request.text, request.cursor) };
      case 'help':
        return { type: 'help', lines: await session.help(request.text, request.cursor) };
      case 'highlight':
        return { type: 'highlight', highlights: await session.highlight(request.text) };
      case 'may-hold-secret':
        return { type: 'may-hold-secret', value: await session.mayHoldSecret(request.text) };
      case 'batch':
        this.#options = request.options;
        this.#sources = [];
        return undefined;
      case 'source':
        this.#sources.push({ name: request.name, chunks: [] });
        return undefined;
      case 'chunk':
        this.#sources.at(-1)?.chunks.push(Buffer.from(request.bytes, 'base64'));
        return undefined;
      case 'run':
        return { type: 'outcome', outcome: await this.#run(session) };
    }
  }

  #run(session: Session): Promise<Outcome> {
    if (this.#options === undefined) throw new TypeError('a batch that was not announced');
    const sources: BatchSource[] = this.#sources.map(({ name, chunks }) => ({
      name,
      bytes: Buffer.concat(chunks),
    }));
    this.#sources = [];
    return session.batch(sources, this.#options, this.#emit, this.#drained);
  }

  readonly #emit: Emit = (part) => {
    this.#send({ type: 'part', part });
  };

  #send(response: Response): void {
    if (this.#socket.writable) this.#socket.write(encodeMessage(response));
  }

  /** Says at once why a session has ended, unless the client has a new one since. */
  #dismiss(session: Session, reason: string): void {
    if (this.#client.session === session) this.#end({ type: 'revoked', reason });
  }

  #fail(error: unknown): void {
    this.#end({ type: 'failed', reason: messageOf(error) });
  }

  /** Nothing more is done for this client; it still gets what was sent to it. */
  #end(last?: Response): void {
    if (this.#failed) return;
    this.#failed = true;
    if (last !== undefined) this.#send(last);
    this.#socket.pause();
    this.#socket.destroySoon();
  }
}
