import { formatAddress, mappedAddress, maskWord } from '../net/address.ts';
import { isEvery } from '../policy/endpoints.ts';
import { setName } from './elements.ts';
import type { Standing } from './listing.ts';
import type { KernelPlan, KernelPolicy } from './plan.ts';

// The table of one Levee, as commands of nft(8):
//
//   entry --(SYN, by port)--> portN: blocked there? count it, and refuse it
//
// Sets are hash tables, and the address is masked before it is looked up: all sources of a policy have the same prefix.
// Interval sets would do without the mask, but nft reads all of such a set before it changes one element of it.

/** Counts, by policy, the packets that the kernel has refused: it is small, so that it can be read at any time. */
export const refusedSet = 'refused';
const entryChain = 'entry';

/** Where packets are looked at: before routing and connection tracking, or where that can't be, once they are for this machine. */
export type Hook = 'prerouting' | 'input';

/** Ports of listeners and what is asked there. */
type Rules = ReadonlyMap<number, readonly string[]>;

/** What stands once `rulesetCommands` has taken effect. */
export function standingOf(plan: KernelPlan): Standing {
  return {
    sets: new Set([refusedSet, ...[...plan.policies.keys()].flatMap(setsOf)]),
    chains: new Set([entryChain, ...[...rulesOf(plan).keys()].map(portChain)]),
  };
}

/**
 * Brings a table to what the plan says, whatever its rules are now; elements of sets that stay are left alone. Fails as a
 * whole where something in `before` does not stand, or stands in another form.
 *
 * @param before what stands, as far as is known; null: nothing that is to stay, the table is made anew
 */
export function rulesetCommands(
  table: string,
  plan: KernelPlan,
  hook: Hook,
  before: Standing | null,
): string {
  const { sets, chains } = standingOf(plan);
  const rules = rulesOf(plan);
  const inTable = `inet ${table}`;
  const gone = (known: ReadonlySet<string>, stays: ReadonlySet<string>): string[] =>
    [...known].filter((name) => !stays.has(name));
  return [
    `add table ${inTable}`,
    ...(before === null ? [`delete table ${inTable}`, `add table ${inTable}`] : []),
    // A key of the address family that fits: a number would be read in the order of bytes of the machine.
    `add set ${inTable} ${refusedSet} { type ipv4_addr; flags dynamic; counter; size 65535; }`,
    ...[...plan.policies.keys()].flatMap((policy) => [
      `add set ${inTable} ${setName(policy, '0.0.0.0')} { type ipv4_addr; flags timeout; counter; }`,
      `add set ${inTable} ${setName(policy, '::')} { type ipv6_addr; flags timeout; counter; }`,
    ]),
    `add chain ${inTable} ${entryChain} { type filter hook ${hook} priority raw; policy accept; }`,
    ...[...rules.keys()].map((port) => `add chain ${inTable} ${portChain(port)}`),
    ...[...chains, ...gone(before?.chains ?? new Set(), chains)].map(
      (name) => `flush chain ${inTable} ${name}`,
    ),
    ...gone(before?.chains ?? new Set(), chains).map((name) => `delete chain ${inTable} ${name}`),
    ...gone(before?.sets ?? new Set(), sets).map((name) => `delete set ${inTable} ${name}`),
    ...[...rules].flatMap(([port, lines]) =>
      lines.map((line) => `add rule ${inTable} ${portChain(port)} ${line}`),
    ),
    ...(rules.size === 0 ? [] : [`add rule ${inTable} ${entryChain} ${entryRule([...rules.keys()])}`]),
    '',
  ].join('\n');
}

/** Removes the table with all that is in it. */
export function removalCommands(table: string): string {
  return `delete table inet ${table}\n`;
}

/** The key under which packets of a policy are counted. */
export function policyKey(policy: number): string {
  return formatAddress(mappedAddress(policy));
}

function setsOf(policy: number): string[] {
  return [setName(policy, '0.0.0.0'), setName(policy, '::')];
}

function portChain(port: number): string {
  return `port${port}`;
}

/** Only the first packet of a connection is looked at: those that are open are for Levee to close. */
function entryRule(ports: readonly number[]): string {
  const jumps = ports.map((port) => `${port} : jump ${portChain(port)}`);
  return `tcp flags & (fin|syn|rst|ack) == syn tcp dport vmap { ${jumps.join(', ')} }`;
}

function rulesOf({ action, policies }: KernelPlan): Rules {
  const refuse = action === 'drop' ? 'drop' : 'reject with tcp reset';
  const rules = new Map<number, string[]>();
  for (const policy of policies.values()) {
    for (const { address, port } of policy.endpoints) {
      const lines = rules.get(port) ?? [];
      rules.set(port, lines);
      const count = `update @${refusedSet} { ${policyKey(policy.id)} counter }`;
      lines.push(`${placeMatch(address)} ${sourceMatch(policy, address)} ${count} ${refuse}`);
    }
  }
  return rules;
}

/** A listener on every address hears what is for this machine, not what it passes on to others. */
function placeMatch(address: string): string {
  const family = address.includes(':') ? 'ip6' : 'ip';
  if (!isEvery(address)) return `${family} daddr ${address}`;
  return `meta nfproto ${family === 'ip6' ? 'ipv6' : 'ipv4'} fib daddr type local`;
}

function sourceMatch({ id, prefixV4, prefixV6 }: KernelPolicy, address: string): string {
  const set = `@${setName(id, address)}`;
  if (address.includes(':')) {
    const words = [0, 32, 64, 96].map((first) => maskWord(-1, prefixV6 - first));
    const mask = prefixV6 === 128 ? '' : `& ${formatAddress(Uint32Array.from(words))} `;
    return `ip6 saddr ${mask}${set}`;
  }
  const mask = prefixV4 === 32 ? '' : `& ${formatAddress(mappedAddress(maskWord(-1, prefixV4)))} `;
  return `ip saddr ${mask}${set}`;
}
