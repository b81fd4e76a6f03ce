import { mayTunnel } from '../../packets/encapsulation/tunnels.ts';
import { type GivenUp, Reassembly } from '../../packets/fragments/reassembly.ts';
import { TCP } from '../../packets/headers/layers.ts';
import type { Packet } from '../../packets/packet.ts';

/** What is said of fragments, by why they never became a packet. */
const words: Readonly<Record<GivenUp, string>> = {
  overlap: 'overlap with others',
  malformed: 'are cut short by the capture, or lie about their place',
  timeout: 'waited for the others too long',
  'no room': 'were given up for want of memory',
  'end of capture': 'waited for the others when the capture ended',
};

/** Puts together what of a capture came in IP fragments, as its receiver did, and notes what could not be. */
export class CapturedFragments {
  readonly #givenUp = new Map<GivenUp, number>();
  readonly #reassembly = new Reassembly((fragments, cause) => {
    const lost = fragments.filter(({ protocol }) => protocol === TCP).length;
    if (lost > 0) this.#givenUp.set(cause, (this.#givenUp.get(cause) ?? 0) + lost);
  });

  /** The packet itself, or the whole that it completes; undefined while more is needed, or when it is given up. */
  take(packet: Packet): Packet | undefined {
    if (!packet.isFragment) return packet;
    // What can't be TCP takes no room. Under IPv6 another header may stand before that of TCP.
    if (packet.version === 4 && packet.protocol !== TCP && !mayTunnel(packet.protocol)) return undefined;
    return this.#reassembly.take(packet);
  }

  /** No more packets will come. */
  end(): void {
    this.#reassembly.end();
  }

  get notes(): string[] {
    return [...this.#givenUp].map(
      ([cause, lost]) =>
        `${lost} IP fragments of TCP ${words[cause]}: their packets are not taken into account`,
    );
  }
}
