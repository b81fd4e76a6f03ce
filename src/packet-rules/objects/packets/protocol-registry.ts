import { TCP } from '../../../packets/headers/layers.ts';
import type { Packet } from '../../../packets/packet.ts';

const protocols = 256;

/** Which dissector takes which IP protocol further. */
export class ProtocolRegistry {
  readonly #names: (string | undefined)[] = new Array<string | undefined>(protocols);

  /** False when another has it. */
  register(protocol: number, name: string): boolean {
    const known = this.#names[protocol];
    if (known !== undefined && known !== name) return false;
    this.#names[protocol] = name;
    return true;
  }

  /** A fragment has no header of its protocol that could be trusted. */
  nameFor({ protocol, isFragment, problem }: Packet): string | undefined {
    // Its dissector is to say what is wrong with it.
    if (problem?.startsWith('TCP') === true) return this.#names[TCP];
    return isFragment ? undefined : this.#names[protocol];
  }
}
