import type { Endpoint } from '../net/endpoint.ts';
import { isEvery } from '../policy/endpoints.ts';
import type { OpenConnection } from './open-connections.ts';
import type { AnsweredPolicy } from './plan.ts';
import type { Synproxy } from './synproxy.ts';

// How the kernel answers handshakes in the place of a listener, above a number of them a second:
//
//   portN, before connection tracking: too many SYN packets for a listener mark it in `above`; from then on its SYN
//     packets are not tracked
//   answer, where packets come in: untracked SYN packets to a listener in `above` are answered by synproxy, and so are
//     the packets that end such handshakes
//
// What the kernel has answered once it also translates for as long as the connection lasts.

/** Counts, by policy, the handshakes that the kernel has answered. */
export const answeredSet = 'answered';
const answerChain = 'answer';
const keptChain = 'kept';

export type Rule = { readonly chain: string; readonly rule: string };

/** Seconds that the kernel goes on answering for a listener after too many SYN packets, and waits for ends of handshakes. */
const goesOn = 10;
const comesLate = 60;
/** Hours without a packet after which a connection is forgotten that was open before the kernel tracked any. */
const forgets = 3;

const families = [
  { family: 'v4', header: 'ip', type: 'ipv4_addr' },
  { family: 'v6', header: 'ip6', type: 'ipv6_addr' },
] as const;

/** By their names, how the sets are made that answering needs. */
export const answerSets: ReadonlyMap<string, string> = new Map(
  families.flatMap(({ family, type }): [string, string][] => [
    [`above${family}`, `type ${type} . inet_service; flags dynamic, timeout; size 65535;`],
    [`answering${family}`, `type ${type} . inet_service; flags dynamic, timeout; size 65535;`],
    [
      spared(family),
      `type ${type} . inet_service . ${type} . inet_service; flags dynamic, timeout; size 1048576;`,
    ],
  ]),
);

/** Likewise its chains. A firewall may drop what is in no known connection: answering comes before. */
export const answerChains: ReadonlyMap<string, string> = new Map([
  [answerChain, ' { type filter hook input priority -10; policy accept; }'],
  [keptChain, ''],
]);

/** For SYN packets to a place, before connection tracking. What comes from this machine is tracked already. */
export function handshakeRules(address: string, threshold: number, key: string): readonly string[] {
  const { family, header } = familyOf(address);
  const place = `${header} daddr . tcp dport`;
  return [
    `iifname != "lo" limit rate over ${threshold}/second burst ${threshold} packets update @above${family} { ${place} timeout ${goesOn}s }`,
    `iifname != "lo" ${place} @above${family} update @answering${family} { ${place} timeout ${comesLate}s } update @${answeredSet} { ${key} counter } notrack`,
  ];
}

/** For all packets that come in. */
export function answerRules(policies: readonly AnsweredPolicy[], synproxy: Synproxy): readonly Rule[] {
  const places = policies.flatMap(({ endpoints }) => endpoints);
  const byPort = Map.groupBy(places, ({ port }) => port);
  const chainOf = (port: number): string => `${answerChain}${port}`;
  const jumps = [...byPort.keys()].map((port) => `${port} : jump ${chainOf(port)}`);
  return [
    ...[...byPort].flatMap(([port, endpoints]) =>
      endpoints.flatMap(({ address }) =>
        placeRules(address, synproxy).map((rule) => ({ chain: chainOf(port), rule })),
      ),
    ),
    ...(jumps.length === 0
      ? []
      : [{ chain: answerChain, rule: `ct state invalid,untracked tcp dport vmap { ${jumps.join(', ')} }` }]),
    // Nobody comes here. While there is such a rule the kernel translates the connections that it has once answered.
    { chain: keptChain, rule: synproxyOf('v4', synproxy) },
    { chain: keptChain, rule: `meta nfproto ipv6 ${synproxyOf('v6', synproxy)}` },
  ];
}

function placeRules(address: string, synproxy: Synproxy): readonly string[] {
  const { family, header } = familyOf(address);
  const match = isEvery(address) ? `meta nfproto ip${family}` : `${header} daddr ${address}`;
  const place = `${header} daddr . tcp dport`;
  const connection = `${header} saddr . tcp sport . ${header} daddr . tcp dport`;
  const answer = synproxyOf(family, synproxy);
  const acknowledges = `${match} ct state invalid tcp flags & (fin|syn|rst|ack) == ack ${place} @answering${family}`;
  return [
    `${match} ct state untracked tcp flags & (fin|syn|rst|ack) == syn ${place} @above${family} ${answer}`,
    // It is of a connection that was open before the kernel tracked any.
    `${acknowledges} ${connection} @${spared(family)} update @${spared(family)} { ${connection} timeout ${forgets}h } return`,
    `${acknowledges} ${answer}`,
  ];
}

/** The commands by which these connections are left alone. */
export function sparingCommands(table: string, connections: readonly OpenConnection[]): string {
  return families
    .map(({ family }) => {
      const elements = connections
        .filter(({ listener }) => familyOf(listener.address).family === family)
        .map(({ client, listener }) => `${endpoint(client)} . ${endpoint(listener)} timeout ${forgets}h`);
      return elements.length === 0
        ? ''
        : `add element inet ${table} ${spared(family)} { ${elements.join(', ')} }\n`;
    })
    .join('');
}

function endpoint({ address, port }: Endpoint): string {
  return `${address} . ${port}`;
}

function synproxyOf(family: 'v4' | 'v6', { windowScale, mssV4, mssV6 }: Synproxy): string {
  return `synproxy mss ${family === 'v4' ? mssV4 : mssV6} wscale ${windowScale} timestamp sack-perm`;
}

function spared(family: 'v4' | 'v6'): string {
  return `spared${family}`;
}

function familyOf(address: string): (typeof families)[number] {
  return families[address.includes(':') ? 1 : 0];
}
