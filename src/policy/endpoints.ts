import type { Endpoint } from '../net/endpoint.ts';
import type { Reading, SourceRow } from './reading.ts';

/** Where a policy listens: each address of each enabled vip of its virtual server, on the port of its service. */
export function compileEndpoints(reading: Reading, policy: SourceRow): Endpoint[] {
  const vserver = reading.target(policy, 'vserver');
  const service = reading.target(policy, 'service');
  if (vserver === undefined || service === undefined) return [];
  const port = reading.number(service, 'port');
  const addresses = reading.source
    .rows('server-policy vserver vip-list', vserver.id)
    .filter((entry) => reading.isEnabled(entry, 'status'))
    .flatMap((entry) => reading.target(entry, 'vip') ?? [])
    .flatMap((vip) => [reading.text(vip, 'vip'), reading.text(vip, 'vip6')])
    .flatMap((text) => listenAddress(text) ?? []);
  const wanted = new Set(addresses);
  return [...wanted]
    .filter((address) => isEvery(address) || !wanted.has(everyLike(address)))
    .map((address) => ({ address, port }));
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
