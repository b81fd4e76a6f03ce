import { withoutMappedPrefix } from '../net/address.ts';
import { type Endpoint, endpointText } from '../net/endpoint.ts';
import { isEvery } from './endpoints.ts';
import type { IsLocal } from './machine.ts';
import type { MemberSnapshot, PolicySnapshot } from './snapshot.ts';

/** What a policy is, for whoever looks for loops. */
export type Listening = Pick<PolicySnapshot, 'id' | 'name' | 'enabled' | 'endpoints'>;
type Relaying = Listening & Pick<PolicySnapshot, 'members'>;

/** From a policy to the one that its connections come to next, by way of a member. */
type Link = { readonly from: Relaying; readonly member: MemberSnapshot; readonly to: Relaying };

/** Whether who connects to an address and port comes to a listener. */
function reaches(target: Endpoint, listener: Endpoint, isLocal: IsLocal): boolean {
  if (target.port !== listener.port) return false;
  const address = withoutMappedPrefix(target.address);
  if (address.includes(':') !== listener.address.includes(':')) return false;
  if (address === listener.address) return true;
  // Who connects to no address in particular comes to the machine itself.
  if (isEvery(address)) return listener.address === '127.0.0.1' || listener.address === '::1';
  return isEvery(listener.address) && (isLoopback(address) || isLocal(address));
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The enabled policy that who connects there comes to. */
export function policyAt<Policy extends Listening>(
  target: Endpoint,
  policies: readonly Policy[],
  isLocal: IsLocal,
): Policy | undefined {
  return policies.find(
    ({ enabled, endpoints }) => enabled && endpoints.some((listener) => reaches(target, listener, isLocal)),
  );
}

/** Where policies lead to policies. Members that are known by a name are not looked up. */
function linksOf(policies: readonly Relaying[], isLocal: IsLocal): Link[] {
  const enabled = policies.filter((policy) => policy.enabled);
  const ports = new Set(enabled.flatMap(({ endpoints }) => endpoints.map(({ port }) => port)));
  return enabled.flatMap((from) =>
    from.members
      .filter(({ address, port, status }) => ports.has(port) && address !== '' && status === 'enable')
      .flatMap((member) => {
        const to = policyAt(member, enabled, isLocal);
        return to === undefined ? [] : [{ from, member, to }];
      }),
  );
}

/** By policy, those whose connections come to it, because they have it as a server: row ids. */
export function chainsOf(
  policies: readonly Relaying[],
  isLocal: IsLocal,
): ReadonlyMap<number, readonly number[]> {
  const links = Map.groupBy(linksOf(policies, isLocal), ({ to }) => to.id);
  return new Map([...links].map(([id, found]) => [id, [...new Set(found.map(({ from }) => from.id))]]));
}

/**
 * Policies whose connections come back to them, for ever: one of each loop, the last in the order of the configuration.
 */
export function loopsOf(
  policies: readonly Relaying[],
  isLocal: IsLocal,
): { readonly policy: Relaying; readonly reason: string }[] {
  const outgoing = Map.groupBy(linksOf(policies, isLocal), ({ from }) => from);
  const found = new Map<Relaying, readonly Link[]>();
  for (const policy of [...policies].reverse()) {
    const way = wayBack(policy, outgoing);
    if (way !== null && !way.some(({ to }) => found.has(to))) found.set(policy, way);
  }
  return [...found].reverse().map(([policy, way]) => ({ policy, reason: reasonOf(way) }));
}

/** The shortest way from a policy back to itself; null where there is none. */
function wayBack(policy: Relaying, outgoing: ReadonlyMap<Relaying, readonly Link[]>): readonly Link[] | null {
  const seen = new Set<Relaying>();
  const ways: (readonly Link[])[] = [[]];
  for (const way of ways) {
    for (const link of outgoing.get(way.at(-1)?.to ?? policy) ?? []) {
      if (link.to === policy) return [...way, link];
      if (seen.has(link.to)) continue;
      seen.add(link.to);
      ways.push([...way, link]);
    }
  }
  return null;
}

function reasonOf(way: readonly Link[]): string {
  const [first, ...more] = way;
  if (first === undefined) return '';
  const server = `server ${endpointText(first.member)} of server pool "${first.member.pool}"`;
  if (more.length === 0) return `${server} is where it listens itself`;
  const names = more.map(({ from }) => `"${from.name}"`).join(', ');
  return `${server} leads back to it, by way of ${more.length === 1 ? 'policy' : 'policies'} ${names}`;
}
