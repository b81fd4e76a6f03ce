import { ADDRESS_WORDS, isIPv4, parseAddress } from '../../net/address.ts';
import { sameAddress } from '../../packets/connections/packet-ends.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';

/** Whose connections a replay judges: those to the endpoints of each policy, or all as if they were to one. */
export type Selection = {
  /** Row id of the policy that takes every connection of the capture, whatever its destination. */
  readonly policy?: number;
  /** With that: only those to this port. */
  readonly port?: number;
};

type Listener = { readonly address: Uint32Array; readonly isEvery: boolean; readonly policy: PolicySnapshot };

function listenerOf(policy: PolicySnapshot, text: string): Listener {
  const address = new Uint32Array(ADDRESS_WORDS);
  if (!parseAddress(text, address)) throw new Error(`${text} is no address`);
  return { address, isEvery: text === '0.0.0.0' || text === '::', policy };
}

/** Finds the policy that a connection belongs to, as the enforcer's listeners would. */
export class Destinations {
  readonly #byPort = new Map<number, Listener[]>();
  readonly #only: PolicySnapshot | undefined;
  readonly #port: number | undefined;

  /** A disabled policy has no listener, but can be the one that is selected. */
  constructor(policies: readonly PolicySnapshot[], { policy, port }: Selection) {
    this.#only = policy === undefined ? undefined : policies.find(({ id }) => id === policy);
    this.#port = port;
    if (policy !== undefined) return;
    for (const each of policies) {
      if (!each.enabled) continue;
      for (const endpoint of each.endpoints) {
        const listeners = this.#byPort.get(endpoint.port) ?? [];
        listeners.push(listenerOf(each, endpoint.address));
        this.#byPort.set(endpoint.port, listeners);
      }
    }
  }

  policyOf(address: Uint32Array, port: number): PolicySnapshot | undefined {
    if (this.#only !== undefined) {
      return this.#port === undefined || this.#port === port ? this.#only : undefined;
    }
    const family = isIPv4(address);
    return this.#byPort
      .get(port)
      ?.find((listener) =>
        listener.isEvery ? isIPv4(listener.address) === family : sameAddress(listener.address, address),
      )?.policy;
  }
}
