import { addressOf, formatAddress, mappedAddress, maskWord } from '../net/address.ts';
import { isEvery } from '../policy/endpoints.ts';
import { blockedSets, setName } from './elements.ts';
import type { Standing } from './listing.ts';
import type { KernelPlan, KernelPolicy } from './plan.ts';
import {
  answerChains,
  answeredSet,
  answerRules,
  answerSets,
  handshakeRules,
  type Rule,
} from './synproxy-rules.ts';

// The table of one Levee, as commands of nft(8):
//
//   entry --(SYN, by port)--> portN: blocked there? count it, and refuse it
//
// Sets are hash tables, and the address is masked before it is looked up: all sources of a policy have the same prefix.
// Interval sets would do without the mask, but nft reads all of such a set before it changes one element of it.

/** Counts, by policy, the packets that the kernel has refused. */
export const refusedSet = 'refused';
const entryChain = 'entry';

/** Where packets are looked at: before routing and connection tracking, or where that can't be, once they are for this machine. */
export type Hook = 'prerouting' | 'input';

/** What stands once `rulesetCommands` has taken effect. */
export function standingOf(plan: KernelPlan): Standing {
  return { sets: new Set(setsOf(plan).keys()), chains: new Set(chainsOf(plan, 'prerouting').keys()) };
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
  const sets = setsOf(plan);
  const chains = chainsOf(plan, hook);
  const inTable = `inet ${table}`;
  const goneSets = [...(before?.sets ?? [])].filter((name) => !sets.has(name));
  const goneChains = [...(before?.chains ?? [])].filter((name) => !chains.has(name));
  return [
    `add table ${inTable}`,
    ...(before === null ? [`delete table ${inTable}`, `add table ${inTable}`] : []),
    ...[...sets].map(([name, definition]) => `add set ${inTable} ${name} { ${definition} }`),
    ...[...chains].map(([name, definition]) => `add chain ${inTable} ${name}${definition}`),
    ...[...chains.keys(), ...goneChains].map((name) => `flush chain ${inTable} ${name}`),
    ...goneChains.map((name) => `delete chain ${inTable} ${name}`),
    ...goneSets.map((name) => `delete set ${inTable} ${name}`),
    ...rulesOf(plan).map(({ chain, rule }) => `add rule ${inTable} ${chain} ${rule}`),
    '',
  ].join('\n');
}

/** Removes the table with all that is in it. */
export function removalCommands(table: string): string {
  return `delete table inet ${table}\n`;
}

/** The policy (row id) that an element of `refusedSet` or `answeredSet` counts for. */
export function policyOfKey(key: string): number {
  return addressOf(key)?.[3] ?? 0;
}

/** A key of the address family that fits: a number would be read in the order of bytes of the machine. */
function keyOfPolicy(policy: number): string {
  return formatAddress(mappedAddress(policy));
}

function setsOf({ action, policies, synproxy }: KernelPlan): Map<string, string> {
  const counter = 'type ipv4_addr; flags dynamic; counter; size 65535;';
  return new Map([
    ...(action === null ? [] : [[refusedSet, counter] as const]),
    ...[...policies.keys()].flatMap(blockedSets),
    ...(synproxy === null ? [] : [[answeredSet, counter] as const, ...answerSets]),
  ]);
}

function chainsOf(plan: KernelPlan, hook: Hook): Map<string, string> {
  const ports = new Set(rulesOf(plan).map(({ chain }) => chain));
  return new Map([
    [entryChain, ` { type filter hook ${hook} priority raw; policy accept; }`],
    ...(plan.synproxy === null ? [] : answerChains),
    ...[...ports]
      .filter((chain) => chain !== entryChain && !answerChains.has(chain))
      .map((chain): [string, string] => [chain, '']),
  ]);
}

function rulesOf(plan: KernelPlan): readonly Rule[] {
  const { policies, answered, synproxy } = plan;
  const answers = synproxy === null ? [] : [...answered.values()];
  const blocking = [...policies.values()].flatMap((policy) => blockingRules(policy, plan.action));
  const handshakes = answers.flatMap((policy) =>
    policy.endpoints.flatMap((endpoint) =>
      handshakeRules(endpoint.address, policy.threshold, keyOfPolicy(policy.id)).map(
        (rule): Rule => ({
          chain: portChain(endpoint.port),
          rule: `${placeMatch(endpoint.address)} ${rule}`,
        }),
      ),
    ),
  );
  const rules = [...blocking, ...handshakes];
  const ports = [
    ...new Set(
      [...policies.values(), ...answers].flatMap(({ endpoints }) => endpoints.map(({ port }) => port)),
    ),
  ];
  return [
    ...rules,
    ...(ports.length === 0 ? [] : [{ chain: entryChain, rule: entryRule(ports) }]),
    ...(synproxy === null ? [] : answerRules(answers, synproxy)),
  ];
}

function portChain(port: number): string {
  return `port${port}`;
}

/** Only the first packet of a connection is looked at: those that are open are for Levee to close. */
function entryRule(ports: readonly number[]): string {
  const jumps = ports.map((port) => `${port} : jump ${portChain(port)}`);
  return `tcp flags & (fin|syn|rst|ack) == syn tcp dport vmap { ${jumps.join(', ')} }`;
}

function blockingRules(policy: KernelPolicy, action: KernelPlan['action']): Rule[] {
  const refuse = action === 'reset' ? 'reject with tcp reset' : 'drop';
  const count = `update @${refusedSet} { ${keyOfPolicy(policy.id)} counter }`;
  return policy.endpoints.map(({ address, port }) => ({
    chain: portChain(port),
    rule: `${placeMatch(address)} ${sourceMatch(policy, address)} ${count} ${refuse}`,
  }));
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
