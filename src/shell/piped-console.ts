import { createInterface, type Interface } from 'node:readline';
import type { ReplyPart, Session, Status } from '../cli/session/session.ts';
import type { Console, Ending, ShellOptions } from './console.ts';
import type { Terminal } from './terminal/terminal.ts';

/** A console that is no terminal: a prompt, a line, its output. Questions are declined. */
export class PipedConsole implements Console {
  readonly isPlain = true;
  readonly #terminal: Terminal;
  #lines: Interface | undefined;
  #isClosed = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get isOver(): boolean {
    return this.#isClosed;
  }

  ask(): Promise<null> {
    return Promise.resolve(null);
  }

  becomePlain(): void {
    // Nothing else comes here.
  }

  cancel(): Promise<void> {
    return Promise.resolve();
  }

  notify(text: string): void {
    this.#terminal.output.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  forgetTyped(): void {
    // Lines of a pipe are no keys.
  }

  announce(text: string): void {
    this.notify(text);
  }

  async run(session: Session, options: ShellOptions): Promise<Ending> {
    const { input, output } = this.#terminal;
    let text = '';
    output.write((await session.state()).prompt);
    if (this.#isClosed) return 'left';
    // Not earlier: lines that come before the iteration begins are lost.
    const lines = createInterface({ input, terminal: false });
    this.#lines = lines;
    let ending: Ending = 'left';
    void session.revoked.then((reason) => {
      if (ending === 'left') this.notify(reason);
      ending = 'revoked';
      lines.close();
    });
    let loss: Error | undefined;
    void session.lost?.then((error) => {
      loss = error;
      lines.close();
    });
    // Lines that come while a command runs wait in the iterator, in their order.
    for await (const line of lines) {
      text += text === '' ? line : `\n${line}`;
      const outcome = await session.execute(text, (part) => this.#show(session, part, options));
      if (outcome.revoked) ending = 'revoked';
      if (outcome.closed) break;
      if (!outcome.unfinished) text = '';
      output.write(outcome.unfinished ? '> ' : outcome.prompt);
    }
    if (loss !== undefined) throw loss;
    return ending;
  }

  async perform(session: Session, command: string, options: Pick<ShellOptions, 'print'>): Promise<Status> {
    const { status } = await session.execute(command, (part) => this.#show(session, part, options));
    return status;
  }

  #show(session: Session, part: ReplyPart, { print }: Pick<ShellOptions, 'print'>): void {
    if (part.kind === 'question') session.answer(null);
    else this.#terminal.output.write(print(part));
    // What changes is shown once.
    if (part.kind === 'live') session.interrupt();
  }

  close(): void {
    this.#isClosed = true;
    this.#lines?.close();
  }
}
