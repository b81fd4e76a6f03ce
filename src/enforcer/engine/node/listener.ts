import type { Server } from 'node:net';
import { backlog } from '../../sockets/listening-socket.ts';
import { saveSyns } from '../../sockets/saved-syn.ts';
import { readOption, writeOption } from '../../sockets/socket-options.ts';
import type { Listener } from '../listener.ts';
import type { SocketOption } from '../socket-option.ts';

/** Turns of the loop in a row without a connection, after which none waits. */
const quietTurns = 3;

/** The engine's listener over a net.Server. */
export class NodeListener implements Listener {
  readonly #server: Server;
  readonly #closed: () => void;
  /** -1: it is closed. */
  #descriptor: number;

  /** `closed` is called at the first `close`. */
  constructor(server: Server, descriptor: number, closed: () => void) {
    this.#server = server;
    this.#descriptor = descriptor;
    this.#closed = closed;
  }

  getOption(option: SocketOption): number | null {
    return readOption(this.#descriptor, option, false);
  }

  setOption(option: SocketOption, value: number): string | null {
    if (option.form === 'linger') return 'what is accepted for want of descriptors must be reset';
    return writeOption(this.#descriptor, option, false, value);
  }

  saveSyns(saves: boolean): void {
    if (this.#descriptor >= 0) saveSyns(this.#descriptor, saves);
  }

  close(): void {
    if (this.#descriptor < 0) return;
    this.#descriptor = -1;
    this.#server.close();
    this.#closed();
  }

  finish(done: () => void): void {
    // Node accepts one connection in each turn of its loop, or more.
    let quiet = 0;
    let rest = backlog;
    const heard = (): void => {
      quiet = 0;
    };
    this.#server.on('connection', heard);
    const turn = (): void => {
      quiet += 1;
      rest -= 1;
      if (quiet <= quietTurns && rest > 0 && this.#descriptor >= 0) {
        setImmediate(turn);
        return;
      }
      this.#server.off('connection', heard);
      this.close();
      done();
    };
    setImmediate(turn);
  }
}
