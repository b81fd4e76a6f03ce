import type { Endpoint } from '../net/endpoint.ts';
import type { Machine } from './machine.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { ServiceSnapshot, UnplacedListener } from './snapshot.ts';

/** The ports of a policy: of its service, and of its https-service where that is another. */
export function compileServices(reading: Reading, policy: SourceRow): ServiceSnapshot[] {
  const services = ['service', 'https-service'].flatMap((field) => reading.target(policy, field) ?? []);
  const ports = new Map<number, ServiceSnapshot>();
  for (const service of services) {
    const port = reading.number(service, 'port');
    if (!ports.has(port)) ports.set(port, { name: service.key, port });
  }
  return [...ports.values()];
}

/** Where a policy listens, and where it is to listen and there is no address for it. */
type Listening = { readonly endpoints: readonly Endpoint[]; readonly unplaced: readonly UnplacedListener[] };

/**
 * Each address of each enabled entry of its virtual server, on each port: of the virtual IP, or with `use-interface-ip`
 * of what `system interface` maps its interface to.
 */
export function compileListening(
  reading: Reading,
  policy: SourceRow,
  services: readonly ServiceSnapshot[],
  machine: Machine,
): Listening {
  const vserver = reading.target(policy, 'vserver');
  if (vserver === undefined) return { endpoints: [], unplaced: [] };
  const entries = reading.source
    .rows('server-policy vserver vip-list', vserver.id)
    .filter((entry) => reading.isEnabled(entry, 'status'))
    .map((entry) =>
      reading.isEnabled(entry, 'use-interface-ip')
        ? ofInterface(reading, reading.text(entry, 'interface'), machine)
        : { addresses: ofVirtualAddress(reading, entry), missing: [] },
    );
  const wanted = new Set(entries.flatMap(({ addresses }) => addresses));
  const missing = entries.flatMap((entry) => entry.missing);
  return {
    endpoints: services.flatMap(({ port }) =>
      [...wanted]
        .filter((address) => isEvery(address) || !wanted.has(everyLike(address)))
        .map((address) => ({ address, port })),
    ),
    unplaced: services.flatMap(({ port }) => missing.map((one) => ({ ...one, port }))),
  };
}

function ofVirtualAddress(reading: Reading, entry: SourceRow): string[] {
  const vip = reading.target(entry, 'vip');
  if (vip === undefined) return [];
  return ['vip', 'vip6'].flatMap((field) => listenAddress(reading.text(vip, field)) ?? []);
}

type OfInterface = {
  readonly addresses: readonly string[];
  readonly missing: readonly Omit<UnplacedListener, 'port'>[];
};

function ofInterface(reading: Reading, name: string, machine: Machine): OfInterface {
  const id = reading.source.find('system interface', null, name);
  const row = id === undefined ? undefined : reading.source.row(id);
  const devices = row === undefined ? [] : reading.list(row, 'device');
  if (devices.length === 0) {
    const here = [...machine.interfaces().keys()].join(', ');
    const reason = `nothing of this machine is mapped to it: "config system interface", "edit ${name}", "set device" with an interface (${here}) or an address`;
    return { addresses: [], missing: [{ interface: name, reason }] };
  }
  const found = devices.map((device) => ({ device, addresses: addressesOf(device, machine) }));
  return {
    addresses: found.flatMap(({ addresses }) => (typeof addresses === 'string' ? [] : addresses)),
    missing: found.flatMap(({ addresses }) =>
      typeof addresses === 'string' ? [{ interface: name, reason: addresses }] : [],
    ),
  };
}

/** The network interfaces whose addresses are to be listened on: with these, what a configuration means changes. */
export function mappedDevices(reading: Reading): string[] {
  const rows = reading.source.rows('system interface', null);
  const devices = rows.flatMap((row) => reading.list(row, 'device')).filter((device) => !isAddress(device));
  return [...new Set(devices)];
}

/** The addresses that a device stands for, or why it has none. */
function addressesOf(device: string, machine: Machine): readonly string[] | string {
  if (isAddress(device)) return [device];
  const interfaces = machine.interfaces();
  const addresses = interfaces.get(device);
  if (addresses === undefined)
    return `this machine has no interface ${device} that is up with an address; it has ${[...interfaces.keys()].join(', ')}`;
  return addresses.length > 0 ? addresses : `${device} has no address that can be listened on`;
}

/** A device is one or the name of an interface, which has no two colons and is not of digits and dots alone. */
function isAddress(device: string): boolean {
  return /^[\d.]+$/.test(device) || /:.*:/.test(device);
}

function everyLike(address: string): string {
  return address.includes(':') ? '::' : '0.0.0.0';
}

/** `0.0.0.0/0` and `::/0` mean that no address is set; with any other length the length says nothing about listening. */
function listenAddress(text: string): string | undefined {
  const [address = '', length] = text.split('/');
  return length === '0' && (address === '0.0.0.0' || address === '::') ? undefined : address;
}

/** Whether two listeners can't stand side by side: the same port, on the same address or with one of them on every address. */
export function collide(one: Endpoint, other: Endpoint): boolean {
  if (one.port !== other.port || one.address.includes(':') !== other.address.includes(':')) return false;
  return one.address === other.address || isEvery(one.address) || isEvery(other.address);
}

/** Whether a listener there takes connections to every address of its family. */
export function isEvery(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
