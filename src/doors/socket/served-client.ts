import type { Socket } from 'node:net';
import { ofNoText, problemOf } from '../../cli/faults/problem.ts';
import type { OpenSession } from '../../cli/session/open-session.ts';
import type { Emit, Outcome, Session } from '../../cli/session/session.ts';
import { localOrigin } from '../../system/login.ts';
import type { Limits, Share, Shares } from '../../system/shares.ts';
import { messageOf } from '../../text/reason.ts';
import { ClientSession } from '../client-session.ts';
import { encodeMessage, FrameReader, maximumMessage } from './frames.ts';
import { longestQueue, longestStranger } from './limits.ts';
import { type Request, type Response, readRequest, sizeOf } from './messages.ts';
import { ReceivedAnswer } from './received-answer.ts';
import { ReceivedBatch } from './received-batch.ts';
import type { Replies } from './replies.ts';

/** What all clients of a door share. */
export type DoorShares = { readonly received: Shares; readonly replies: Replies };

/** Of what a client sends these overtake what waits for its turn. */
type Overtaking = 'interrupt' | 'answer' | 'piece';

/** A client of the control socket. Its requests are answered in their order. */
export class ServedClient {
  readonly #socket: Socket;
  readonly #client: ClientSession;
  /** Who is at the other end. */
  readonly peer: string;
  readonly #frames = new FrameReader(longestStranger);
  readonly #received: Share;
  readonly #limits: Limits;
  readonly #replies: Replies;
  #working: Promise<void> = Promise.resolve();
  /** Requests that wait for their turn, and their bytes. */
  #queued = { requests: 0, bytes: 0 };
  #failed = false;
  #batch: ReceivedBatch | undefined;
  readonly #answer = new ReceivedAnswer();

  constructor(
    socket: Socket,
    openSession: OpenSession,
    peerOf: (socket: Socket) => string,
    { received, replies }: DoorShares,
  ) {
    this.#socket = socket;
    this.peer = peerOf(socket);
    this.#client = new ClientSession(openSession);
    this.#received = received.open();
    this.#limits = received.limits;
    this.#replies = replies;
    replies.add(socket, this.peer);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#client.end();
      this.#batch?.drop();
      this.#received.hold(0);
    });
  }

  /** It has not logged in. */
  get isStranger(): boolean {
    return this.#client.session === undefined;
  }

  #receive(chunk: Buffer): void {
    if (this.#failed) return;
    try {
      for (const message of this.#frames.read(chunk)) {
        const request = readRequest(message);
        if (request === undefined) throw new TypeError('a message that this version does not know');
        this.#accept(request);
      }
      this.#hold();
    } catch (error) {
      this.fail(error);
    }
  }

  /** A batch or a file for which there is no room is dropped, and answered so; a long message is the last. */
  #hold(): void {
    if (this.#socket.destroyed) return;
    const waiting = this.#frames.held + this.#queued.bytes;
    const batch = this.#batch;
    if (this.#received.hold(waiting + (batch?.size ?? 0) + this.#answer.size) === undefined) return;
    if (this.#answer.size > 0) {
      this.#answer.drop();
      this.#hold();
    } else if (batch?.isArriving) this.#received.hold(waiting + batch.drop());
    else if (this.#frames.held > this.#limits.free) throw new RangeError('more text than there is room for');
  }

  #accept(request: Request): void {
    if (request.type === 'interrupt') {
      this.#client.session?.interrupt();
      return;
    }
    if (request.type === 'piece') {
      if (!this.isStranger) this.#answer.piece(request.text);
      return;
    }
    if (request.type === 'answer') {
      this.#client.session?.answer(this.#answer.take(request.value));
      return;
    }
    const size = sizeOf(request);
    this.#queue(1, size);
    this.#working = this.#working
      .then(async () => {
        await this.#drained();
        this.#queue(-1, -size);
        if (this.#socket.destroyed || this.#failed) return;
        const response = await this.#perform(request);
        this.#hold();
        if (response !== undefined) this.#send(response);
        if (response?.type === 'outcome' && response.outcome.revoked) this.#end();
      })
      .catch((error: unknown) => this.fail(error));
  }

  #queue(requests: number, bytes: number): void {
    this.#queued.requests += requests;
    this.#queued.bytes += bytes;
    const isFull = this.#queued.requests >= longestQueue.requests || this.#queued.bytes >= longestQueue.bytes;
    if (isFull) this.#socket.pause();
    else if (this.#socket.isPaused() && !this.#failed) this.#socket.resume();
  }

  /** Nothing more is done for a client before it has read what was sent to it. */
  readonly #drained = async (): Promise<void> => {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('drain', resolve).once('close', resolve);
    await promise;
    this.#socket.off('drain', resolve).off('close', resolve);
  };

  async #perform(request: Exclude<Request, { type: Overtaking }>): Promise<Response | undefined> {
    if (request.type === 'open') {
      // Nobody else can open the socket.
      const origin = localOrigin(request.origin, this.peer);
      const login = await this.#client.login(origin, request.credentials);
      if ('kind' in login) return { type: 'login', refusal: login };
      const { session, account, notice } = login;
      this.#frames.longest = maximumMessage;
      void session.revoked.then((reason) => this.#dismiss(session, reason));
      return { type: 'opened', account, notice };
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
        this.#batch = new ReceivedBatch(request.options);
        return undefined;
      case 'source':
        this.#batch?.source(request.name);
        return undefined;
      case 'chunk':
        this.#batch?.chunk(request.bytes);
        return undefined;
      case 'run':
        return { type: 'outcome', outcome: await this.#run(session) };
    }
  }

  async #run(session: Session): Promise<Outcome> {
    const batch = this.#batch;
    if (batch === undefined) throw new TypeError('a batch that was not announced');
    try {
      if (batch.isDropped) return await this.#refuse(session);
      return await session.batch(batch.take(), batch.options, this.#emit, this.#drained);
    } finally {
      this.#batch = undefined;
    }
  }

  async #refuse(session: Session): Promise<Outcome> {
    const expected = `at most ${this.#limits.all} bytes of all clients together: try again later`;
    const problem = problemOf({ error: 'beyond-limit', word: 'batch', expected }, ofNoText);
    this.#emit({ kind: 'problem', problem });
    return { ...(await session.state()), status: 1 };
  }

  readonly #emit: Emit = (part) => {
    this.#send({ type: 'part', part });
  };

  #send(response: Response): void {
    this.#replies.write(this.#socket, encodeMessage(response));
  }

  /** Says at once why a session has ended, unless the client has a new one since. */
  #dismiss(session: Session, reason: string): void {
    if (this.#client.session === session) this.#end({ type: 'revoked', reason });
  }

  /** Says why, and ends the connection. */
  fail(error: unknown): void {
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
