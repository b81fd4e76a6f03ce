import { setTimeout as pause } from 'node:timers/promises';
import { returnMemory } from '../../enforcer/engine/memory.ts';
import { Pulse } from '../../time/pulse.ts';

const pollInterval = 1000;
/** Connections that make it worth while. */
const many = 256;
/** Of the most that there were: so few are left when it is over. */
const fewLeft = 1 / 4;
/** Polls in a row with so few. */
const calmPolls = 3;
/** Milliseconds in which V8 frees what it has collected, on threads of its own. */
const sweeping = 100;

/** What a `MemoryKeeper` asks of the data plane. */
export type MemoryHost = {
  /** Clients whose connection is open. */
  connections(): number;
  /** The most that there were since this was last asked: a crowd may come and go between two polls. */
  mostConnections(): number;
  /** Resolves when every worker has collected its garbage. */
  collectGarbage(): Promise<void>;
};

/** Gives memory back to the system once most connections have gone: neither V8 nor the C library would while it is calm. */
export class MemoryKeeper {
  readonly #host: MemoryHost;
  readonly #pulse: Pulse;
  /** The most connections since memory was last given back. */
  #most = 0;
  #calm = 0;

  constructor(host: MemoryHost) {
    this.#host = host;
    this.#pulse = new Pulse(pollInterval, () => this.poll());
  }

  poll(): void {
    const connections = this.#host.connections();
    this.#most = Math.max(this.#most, this.#host.mostConnections());
    const isOver = this.#most >= many && connections <= this.#most * fewLeft;
    this.#calm = isOver ? this.#calm + 1 : 0;
    if (this.#calm < calmPolls) return;
    this.#most = connections;
    this.#calm = 0;
    void this.#giveBack();
  }

  stop(): void {
    this.#pulse.stop();
  }

  async #giveBack(): Promise<void> {
    await this.#host.collectGarbage();
    await pause(sweeping);
    await returnMemory();
  }
}
