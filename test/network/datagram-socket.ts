import type { TestContext } from 'node:test';
import koffi from 'koffi';
import { until } from '../running/condition.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCKING = 2 | 0x800 | 0x80000;
const longest = 4096;

/** A datagram socket of the file system, or an abstract one, as a service manager has it: Node has none. */
export class DatagramSocket {
  /** What has come, a message each. */
  readonly received: string[] = [];
  readonly #library = koffi.load(null);
  readonly #receive = this.#library.func('intptr_t recv(int, _Out_ uint8_t *, size_t, int)');
  readonly #descriptor: number;

  /** `name`: a path, or an abstract name behind `@`. */
  constructor(context: TestContext, name: string) {
    const socket = this.#library.func('int socket(int, int, int)');
    const bind = this.#library.func('int bind(int, const uint8_t *, uint32_t)');
    const close = this.#library.func('int close(int)');
    this.#descriptor = Number(socket(AF_UNIX, SOCK_DGRAM_NONBLOCKING, 0));
    const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`);
    const address = Buffer.concat([new Uint8Array(Uint16Array.of(AF_UNIX).buffer), path]);
    if (bind(this.#descriptor, address, address.length) !== 0)
      throw new Error(`bind: errno ${koffi.errno()}`);
    context.after(() => close(this.#descriptor));
  }

  /** Resolves once a message with this line has come, to that message. */
  async message(line: string): Promise<string> {
    const found = (): string | undefined =>
      this.received.find((message) => message.split('\n').includes(line));
    await until(`${line} has come`, () => {
      this.#take();
      return found() !== undefined;
    });
    return found() ?? '';
  }

  #take(): void {
    const bytes = Buffer.alloc(longest);
    for (;;) {
      const length = Number(this.#receive(this.#descriptor, bytes, longest, 0));
      if (length < 0) return;
      this.received.push(bytes.toString('utf8', 0, length));
    }
  }
}
