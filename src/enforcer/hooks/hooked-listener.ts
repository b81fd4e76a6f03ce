import type { Listener } from '../engine/listener.ts';
import type { SocketOption } from '../engine/socket-option.ts';
import type { Side, SocketPort } from './connection-port.ts';
import type { PolicyHooks } from './hooks.ts';

/** A listener as the hooks of its policy see it in one worker. */
export class HookedListener implements SocketPort {
  readonly #listener: Listener;
  #hooks: PolicyHooks | null = null;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Connections that it accepts have these hooks from now on. */
  use(hooks: PolicyHooks | null): void {
    if (hooks === this.#hooks) return;
    const saves = hooks?.savesSyns ?? false;
    if (saves !== (this.#hooks?.savesSyns ?? false)) this.#listener.saveSyns(saves);
    this.#hooks = hooks;
    hooks?.listening(this);
  }

  getOption(_side: Side, option: SocketOption): number | null {
    return this.#listener.getOption(option);
  }

  setOption(_side: Side, option: SocketOption, value: number): string | null {
    return this.#listener.setOption(option, value);
  }
}
