import { machineNow } from '../enforcer/engine/local-addresses.ts';
import type { Machine } from '../policy/machine.ts';

/** Milliseconds between two looks, as between two tries of a listener that failed. */
const interval = 3000;

/** Tells when the addresses of some network interfaces are others than those that a configuration was compiled for. */
export class AddressWatch {
  readonly #changed: () => void;
  readonly #machine: () => Machine;
  #devices: readonly string[] = [];
  #known = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(changed: () => void, machine: () => Machine = machineNow) {
    this.#changed = changed;
    this.#machine = machine;
  }

  /** From now on these are watched; `machine` has their addresses as they were taken. */
  watch(devices: readonly string[], machine: Machine): void {
    this.stop();
    this.#devices = devices;
    this.#known = this.#addresses(machine);
    if (devices.length > 0) this.#timer = setInterval(() => this.#look(), interval);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const addresses = this.#addresses(this.#machine());
    if (addresses === this.#known) return;
    this.#known = addresses;
    this.#changed();
  }

  #addresses(machine: Machine): string {
    const interfaces = machine.interfaces();
    return this.#devices.map((device) => `${device} ${interfaces.get(device)?.join(' ')}`).join('\n');
  }
}
