import { saveSyns } from '../sockets/saved-syn.ts';
import { readOption, type SocketKind, type SocketOption, writeOption } from '../sockets/socket-options.ts';
import type { Side, SocketPort } from './connection-port.ts';
import type { PolicyHooks } from './hooks.ts';

/** A listening socket, which all workers share, as the hooks of its policy see it in this one. */
export class HookedListener implements SocketPort {
  readonly #descriptor: number;
  readonly #kind: SocketKind;
  #hooks: PolicyHooks | null = null;

  constructor(descriptor: number, ipv6: boolean) {
    this.#descriptor = descriptor;
    this.#kind = { ipv6, connecting: false };
  }

  /** Connections that it accepts have these hooks from now on. */
  use(hooks: PolicyHooks | null): void {
    if (hooks === this.#hooks) return;
    const saves = hooks?.savesSyns ?? false;
    if (saves !== (this.#hooks?.savesSyns ?? false)) saveSyns(this.#descriptor, saves);
    this.#hooks = hooks;
    hooks?.listening(this);
  }

  getOption(_side: Side, option: SocketOption): number | null {
    return readOption(this.#descriptor, option, this.#kind);
  }

  setOption(_side: Side, option: SocketOption, value: number): string | null {
    if (option.form === 'linger') return 'what is accepted for want of descriptors must be reset';
    return writeOption(this.#descriptor, option, this.#kind, value);
  }
}
