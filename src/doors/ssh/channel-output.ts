import type { ServerChannel } from 'ssh2';

type Written = { readonly stream: 'output' | 'error'; readonly text: string | Uint8Array };

/**
 * What goes to a client, in its order: no text before the one before it is on its way. Whoever writes much waits for
 * `drained`, so that a client that does not read makes no memory grow.
 */
export class ChannelOutput {
  readonly #channel: ServerChannel;
  #waiting: Written[] = [];
  #isWriting = false;
  #isOver = false;
  #idle = Promise.withResolvers<void>();

  /** `gone` resolves when the client has gone: a channel that nobody reads does not tell. */
  constructor(channel: ServerChannel, gone: Promise<void>) {
    this.#channel = channel;
    this.#idle.resolve();
    void gone.then(() => this.#end());
  }

  write(stream: Written['stream'], text: string | Uint8Array): void {
    if (this.#isOver || text.length === 0) return;
    if (!this.#isWriting) this.#idle = Promise.withResolvers();
    this.#waiting.push({ stream, text });
    if (!this.#isWriting) this.#next();
  }

  /** Resolves when all of it is on its way, or the client has gone. */
  readonly drained = (): Promise<void> => this.#idle.promise;

  #next(): void {
    const written = this.#waiting.shift();
    this.#isWriting = written !== undefined;
    if (written === undefined) {
      this.#idle.resolve();
      return;
    }
    const to = written.stream === 'output' ? this.#channel.stdout : this.#channel.stderr;
    to.write(written.text, () => {
      // The library keeps what has waited for room, and would do that again when the other stream has waited for room.
      for (const kept of ['_chunk', '_chunkcb', '_chunkErr', '_chunkcbErr'])
        Reflect.set(this.#channel, kept, undefined);
      this.#next();
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#idle.resolve();
  }
}
