import { networkInterfaces } from 'node:os';
import { addressOf, isIPv4, withoutMappedPrefix } from '../../net/address.ts';
import type { Machine } from '../../policy/machine.ts';

/** The addresses that interfaces of this machine have now, IPv4 and IPv6, without a zone. */
export function localAddresses(): ReadonlySet<string> {
  const interfaces = Object.values(networkInterfaces());
  return new Set(interfaces.flatMap((addresses) => addresses?.map(({ address }) => address) ?? []));
}

/** Asks the system once, for as many addresses as there are to ask about. */
export function localityNow(): (address: string) => boolean {
  let known: ReadonlySet<string> | null = null;
  return (address) => {
    known ??= localAddresses();
    return known.has(withoutMappedPrefix(address));
  };
}

/** What a configuration is compiled for: this machine as it is now. Of what is asked, the system is asked once. */
export function machineNow(): Machine {
  let interfaces: ReadonlyMap<string, readonly string[]> | null = null;
  return {
    isLocal: localityNow(),
    now: Date.now(),
    interfaces: () => {
      interfaces ??= listenableAddresses();
      return interfaces;
    },
  };
}

/** By interface, addresses that can be listened on: one with a zone belongs to no interface by itself. */
function listenableAddresses(): ReadonlyMap<string, readonly string[]> {
  const interfaces = Object.entries(networkInterfaces());
  return new Map(
    interfaces.map(([name, addresses = []]) => [
      name,
      addresses.filter((one) => one.family === 'IPv4' || one.scopeid === 0).map(({ address }) => address),
    ]),
  );
}

/** Addresses of this machine but for loopback, as they were when they were last looked up. */
export class LocalAddresses {
  #known: readonly Uint32Array[] = [];

  constructor() {
    this.refresh();
  }

  refresh(): void {
    const words = [...localAddresses()].flatMap((text) => addressOf(text) ?? []);
    this.#known = words.filter((address) => !isLoopback(address));
  }

  /** Of four words in network order. */
  has(address: Uint32Array): boolean {
    for (const known of this.#known) {
      let word = 3;
      while (word >= 0 && known[word] === address[word]) word--;
      if (word < 0) return true;
    }
    return false;
  }
}

function isLoopback(address: Uint32Array): boolean {
  if (isIPv4(address)) return (address[3] ?? 0) >>> 24 === 127;
  return address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] === 1;
}
