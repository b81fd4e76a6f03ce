import type { ServerChannel, Session as SshSession } from 'ssh2';
import { personText } from '../../cli/printing/person-text.ts';
import type { Guest } from '../../cli/session/open-session.ts';
import { type Emit, type Session, strictBatch } from '../../cli/session/session.ts';
import { TerminalConsole } from '../../shell/terminal-console.ts';
import type { Share } from '../../system/shares.ts';
import { harmless } from '../../text/harmless.ts';
import { messageOf } from '../../text/reason.ts';
import { GatheredBytes } from '../gathered-bytes.ts';
import { ChannelOutput } from './channel-output.ts';
import { ChannelTerminal, type TerminalSize } from './channel-terminal.ts';
import { ConfigurationFile } from './files/configuration-file.ts';
import { scpCommand, serveScp } from './files/scp.ts';
import { SftpServer } from './files/sftp.ts';

/** What a channel needs of its connection. */
export type ChannelServices = {
  readonly guest: Guest;
  readonly historyFile: string;
  readonly received: Share;
  /** The client has sent something: what keeps a connection alive is nothing of that. */
  readonly active: () => void;
  /** The channel is over. */
  readonly over: () => void;
};

/** What a client may ask on a channel: a shell, or one command. Everything else is refused by not being heard. */
export class ClientChannel {
  readonly #services: ChannelServices;
  #terminal: ChannelTerminal | undefined;
  #session: Session | undefined;
  #isBusy = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor(asked: SshSession, services: ChannelServices) {
    this.#services = services;
    asked.on('pty', (accept, _reject, { term, cols, rows }) => {
      this.#terminal = new ChannelTerminal(term ?? '', sizeOf(cols, rows));
      accept?.();
    });
    asked.on('window-change', (accept, _reject, { cols, rows }) => {
      this.#terminal?.resize(sizeOf(cols, rows));
      accept?.();
    });
    asked.on('signal', (accept, _reject, { name }) => {
      if (name === 'INT') this.#session?.interrupt();
      accept?.();
    });
    asked.on('shell', (accept) => {
      const terminal = this.#terminal;
      this.#serve(accept(), (session, channel) =>
        terminal === undefined ? this.#runInput(session, channel) : this.#prompt(session, channel, terminal),
      );
    });
    asked.on('exec', (accept, _reject, { command }) => {
      const scp = scpCommand(command);
      this.#serve(accept(), (session, channel) =>
        scp === undefined
          ? this.#runText(session, channel, 'command', Buffer.from(command))
          : this.#serveFile(session, channel, (file, output) => serveScp(scp, file, channel, output)),
      );
    });
    asked.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp') {
        reject();
        return;
      }
      this.#serve(accept(), (session, channel) =>
        this.#serveFile(session, channel, async (file, output) => {
          await new SftpServer(file, output).serve(channel);
          return 0;
        }),
      );
    });
    asked.on('close', () => this.end());
  }

  /** Something goes on that the client waits for, or that itself minds whether they do nothing. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** The client has gone, or has to. */
  end(): void {
    this.#gone.resolve();
    this.#session?.close();
    this.#services.received.hold(0);
    this.#services.over();
  }

  /** Opens a session on the channel, and ends that with the status of what was done in it. */
  #serve(channel: ServerChannel, use: (session: Session, channel: ServerChannel) => Promise<number>): void {
    // The connection may break at any moment; what then becomes of a write nobody wants to know.
    channel.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    channel.stdin.on('data', this.#services.active);
    const finish = (status: number): void => {
      channel.exit(status);
      channel.end();
      this.#session?.close();
    };
    const session = this.#services.guest.open();
    if ('refused' in session) {
      channel.stderr.write(`${session.refused}${this.#newline}`, () => finish(1));
      return;
    }
    this.#session = session;
    use(session, channel).then(finish, (error: unknown) => {
      channel.stderr.write(`levee: ${harmless(messageOf(error))}${this.#newline}`, () => finish(1));
    });
  }

  get #newline(): string {
    return this.#terminal === undefined ? '\n' : '\r\n';
  }

  async #prompt(session: Session, channel: ServerChannel, terminal: ChannelTerminal): Promise<number> {
    const console = new TerminalConsole(terminal.over(channel, this.#gone.promise));
    const { notice } = this.#services.guest;
    this.#isBusy = true;
    try {
      if ((await session.state()).settings.plain) console.becomePlain();
      if (notice !== null) console.announce(`${notice}\n`);
      await console.run(session, {
        print: personText,
        historyFile: this.#services.historyFile,
        mustRun: null,
      });
      return 0;
    } finally {
      this.#isBusy = false;
      console.close();
    }
  }

  /** What the client sends to the end of its input is a batch. */
  async #runInput(session: Session, channel: ServerChannel): Promise<number> {
    const bytes = await this.#wholeInput(channel);
    return await this.#runText(session, channel, '(standard input)', bytes);
  }

  /** Serves the configuration as a file. */
  #serveFile(
    session: Session,
    channel: ServerChannel,
    serve: (file: ConfigurationFile, output: ChannelOutput) => Promise<number>,
  ): Promise<number> {
    const output = new ChannelOutput(channel, this.#gone.promise);
    const remark = (text: string): void => output.write('error', text);
    return serve(new ConfigurationFile(session, this.#services.received, remark), output);
  }

  #wholeInput({ stdin }: ServerChannel): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const gathered = new GatheredBytes();
    // An iterator would close the channel at the end of the input, with nothing answered.
    stdin.on('data', (chunk: Buffer) => {
      const isTooMuch = this.#services.received.hold(gathered.length + chunk.length) !== undefined;
      if (!isTooMuch) gathered.add(chunk);
      else reject(new RangeError('more text than there is room for'));
    });
    stdin.on('end', () => resolve(gathered.bytes));
    return promise;
  }

  /** Runs a text as one batch, as `levee -c` does. */
  async #runText(session: Session, channel: ServerChannel, name: string, bytes: Uint8Array): Promise<number> {
    const output = new ChannelOutput(channel, this.#gone.promise);
    const isTerminal = this.#terminal !== undefined;
    const shown = (text: string): string => (isTerminal ? harmless(text).replace(/\r?\n/g, '\r\n') : text);
    const emit: Emit = (part) => {
      if (part.kind === 'output') output.write('output', shown(part.text));
      else if (part.kind === 'question' || part.kind === 'file-wanted' || part.kind === 'replay-wanted')
        session.answer(null);
      else if (part.kind !== 'done' || isTerminal) output.write('error', shown(harmless(personText(part))));
    };
    if (isTerminal) {
      channel.stdin.on('data', (typed: Buffer) => {
        if (typed.includes(interruptKey)) session.interrupt();
      });
    }
    this.#isBusy = true;
    try {
      const source = { name, bytes };
      const { status } = await session.batch(
        [source],
        { ...strictBatch, operations: true },
        emit,
        output.drained,
      );
      await output.drained();
      return status;
    } finally {
      this.#isBusy = false;
    }
  }
}

/** Ctrl-C. */
const interruptKey = 3;

/** A client may say anything of its window. */
function sizeOf(columns: number, rows: number): TerminalSize {
  const within = (value: number, most: number): number => Math.min(Math.max(0, value), most);
  return { columns: within(columns, 1000), rows: within(rows, 1000) };
}
