import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { OpenSession } from '../../../src/cli/session/open-session.ts';
import type {
  Answer,
  BatchOptions,
  BatchSource,
  Emit,
  Outcome,
  ReplyPart,
  Session,
} from '../../../src/cli/session/session.ts';
import type { Completion, HelpLine, Highlight } from '../../../src/cli/typing/assistance.ts';
import { encodeMessage, FrameReader } from '../../../src/doors/socket/frames.ts';
import type { DoorLimits } from '../../../src/doors/socket/limits.ts';
import { RemoteSession } from '../../../src/doors/socket/remote-session.ts';
import { openSocketDoor } from '../../../src/doors/socket/socket-door.ts';
import { localOrigin, noCredentials } from '../../../src/system/login.ts';
import { Levee } from '../../cli/in-process.ts';

/** A control socket in this process. */
export class Served {
  readonly levee: Levee;
  readonly socket: string;
  /** Who clients are from now on, as the system tells it. */
  from = 'test';
  /** Clients that have come. */
  accepted = 0;

  /** Sessions that were opened, in that order. One that is called like an administrator is theirs. */
  readonly origins: string[] = [];

  /** Types of the events that the door itself has reported. */
  readonly reported: string[] = [];

  /** Ends the server; a second time does nothing. */
  stop: () => void = () => undefined;

  constructor(levee: Levee, socket: string) {
    this.levee = levee;
    this.socket = socket;
  }

  async connect(origin: string): Promise<RemoteSession> {
    const session = await RemoteSession.connect(this.socket);
    await session.login(localOrigin(origin, 'test'), noCredentials);
    return session;
  }

  /** A client that does as it likes. */
  async peer(): Promise<Peer> {
    const socket = createConnection(this.socket);
    await once(socket, 'connect');
    return new Peer(socket);
  }
}

/** A session in which every command replies with the same parts. */
class Replying implements Session {
  readonly #session: Session;
  readonly #reply: () => readonly ReplyPart[];
  readonly revoked: Promise<string>;

  constructor(session: Session, reply: () => readonly ReplyPart[]) {
    this.revoked = session.revoked;
    this.#session = session;
    this.#reply = reply;
  }

  execute(_: string, emit: Emit): Promise<Outcome> {
    for (const part of this.#reply()) emit(part);
    return this.#session.state();
  }

  batch(sources: readonly BatchSource[], options: BatchOptions, emit: Emit): Promise<Outcome> {
    return this.#session.batch(sources, options, emit);
  }

  answer(value: Answer): void {
    this.#session.answer(value);
  }

  state(): Promise<Outcome> {
    return this.#session.state();
  }

  complete(text: string, cursor: number): Promise<Completion> {
    return this.#session.complete(text, cursor);
  }

  help(text: string, cursor: number): Promise<readonly HelpLine[]> {
    return this.#session.help(text, cursor);
  }

  highlight(text: string): Promise<readonly Highlight[]> {
    return this.#session.highlight(text);
  }

  mayHoldSecret(text: string): Promise<boolean> {
    return this.#session.mayHoldSecret(text);
  }

  interrupt(): void {
    this.#session.interrupt();
  }

  close(): void {
    this.#session.close();
  }
}

/** `reply`: what every command replies with, in place of a real session. */
export async function serve(
  context: TestContext,
  reply?: () => readonly ReplyPart[],
  limits?: DoorLimits,
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'levee-control-'));
  const levee = new Levee();
  const served = new Served(levee, join(folder, 'levee.sock'));
  const opens: OpenSession = async ({ name }) => {
    served.origins.push(name);
    const isAccount = levee.configuration.view.find('system admin', null, name) !== undefined;
    const { session } = isAccount ? levee.asAdministrator(name) : levee.as(name);
    return {
      session: reply === undefined ? session : new Replying(session, reply),
      account: 1,
      notice: null,
    };
  };
  const door = await openSocketDoor(
    served.socket,
    opens,
    () => {
      served.accepted += 1;
      return served.from;
    },
    (event) => served.reported.push(event.type),
    limits,
  );
  served.stop = () => door.close();
  context.after(() => {
    served.stop();
    levee.close();
    rmSync(folder, { recursive: true });
  });
  return served;
}

/** Messages as they are on the wire. */
export class Peer {
  readonly socket: Socket;
  readonly received: unknown[] = [];
  readonly closed: Promise<void>;
  readonly #reader = new FrameReader(Number.POSITIVE_INFINITY);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.received.push(...this.#reader.read(chunk)));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  send(...messages: readonly unknown[]): void {
    for (const message of messages) this.socket.write(encodeMessage(message));
  }

  sendBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }
}
