import { formatAddress } from '../../net/address.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Unmatched } from '../report/result.ts';

const shown = 10;
/** A scan goes to any number of destinations: beyond these they are only counted. */
const kept = 10_000;

/** Connections that no policy takes, and where they go. */
export class UnmatchedConnections {
  #connections = 0;
  readonly #byDestination = new Map<string, number>();

  add(destination: Uint32Array, port: number): void {
    this.#connections++;
    const text = endpointText({ address: formatAddress(destination), port });
    const known = this.#byDestination.get(text);
    if (known !== undefined || this.#byDestination.size < kept)
      this.#byDestination.set(text, (known ?? 0) + 1);
  }

  get result(): Unmatched {
    const destinations = [...this.#byDestination]
      .map(([destination, connections]) => ({ destination, connections }))
      .sort((one, other) => other.connections - one.connections)
      .slice(0, shown);
    return { connections: this.#connections, destinations };
  }
}
