import { TCP } from '../../../packets/headers/layers.ts';
import type { Packet } from '../../../packets/packet.ts';

const protocolNumbers = 256;

/** The dissectors by the IP protocol that they take further. */
export class ProtocolRegistry {
  readonly #names: (string | undefined)[] = new Array<string | undefined>(protocolNumbers);

  /** False: another dissector has the protocol. */
  register(protocol: number, name: string): boolean {
    const known = this.#names[protocol];
    if (known !== undefined && known !== name) return false;
    this.#names[protocol] = name;
    return true;
  }

  /** The dissector for a packet. None for a fragment, whose header of that protocol can't be trusted. */
  nameFor({ protocol, isFragment, problem }: Packet): string | undefined {
    // The dissector of TCP reports what is wrong with the header.
    if (problem?.startsWith('TCP') === true) return this.#names[TCP];
    return isFragment ? undefined : this.#names[protocol];
  }
}
