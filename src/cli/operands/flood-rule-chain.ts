import { quote } from '../../text/quote.ts';

/** What the wizard asks, as it was answered. */
export type FloodRuleAnswers = {
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly server: string;
  readonly serverPort: string;
  readonly threshold: string;
  readonly action: string;
  /** The trigger policy that records go to; null: none. */
  readonly trigger: string | null;
};

/** The rows that it makes: a table and what is added to the name of the service there. */
const rows = {
  rule: ['waf layer4-connection-flood-check-rule', ' limit'],
  prevention: ['waf application-layer-dos-prevention', ' prevention'],
  profile: ['waf web-protection-profile inline-protection', ' protection'],
  vip: ['system vip', ' address'],
  vserver: ['server-policy vserver', ' front'],
  service: ['server-policy service custom', ' port'],
  pool: ['server-policy server-pool', ' servers'],
  policy: ['server-policy policy', ''],
} as const;

/** The rows that a service of this name needs for itself, by table and key. */
export function chainRows(name: string): { readonly path: string; readonly key: string }[] {
  return Object.values(rows).map(([path, suffix]) => ({ path, key: `${name}${suffix}` }));
}

/** The commands that guard one service: rule, prevention policy, profile, vip, vserver, service, pool and policy. */
export function floodRuleChain({
  name,
  address,
  port,
  server,
  serverPort,
  threshold,
  action,
  trigger,
}: FloodRuleAnswers): string[] {
  const called = (what: keyof typeof rows): string => quote(`${name}${rows[what][1]}`);
  const row = (what: keyof typeof rows, ...lines: readonly string[]): string[] =>
    block(rows[what][0], called(what), lines);
  return [
    ...row(
      'rule',
      `set layer4-connection-threshold ${threshold}`,
      `set action ${action}`,
      ...(trigger === null ? [] : [`set trigger-policy ${quote(trigger)}`]),
    ),
    ...row(
      'prevention',
      'set enable-layer4-dos-prevention enable',
      `set layer4-connection-flood-check-rule ${called('rule')}`,
    ),
    ...row('profile', `set application-layer-dos-prevention ${called('prevention')}`),
    ...row('vip', address.includes(':') ? `set vip6 ${address}/128` : `set vip ${address}/32`),
    ...row('vserver', ...block('vip-list', '1', [`set vip ${called('vip')}`])),
    ...row('service', `set port ${port}`),
    ...row('pool', ...block('pserver-list', '1', [`set ip ${server}`, `set port ${serverPort}`])),
    ...row(
      'policy',
      `set vserver ${called('vserver')}`,
      `set service ${called('service')}`,
      `set web-protection-profile ${called('profile')}`,
      `set server-pool ${called('pool')}`,
    ),
  ];
}

function block(table: string, key: string, lines: readonly string[]): string[] {
  return [`config ${table}`, `  edit ${key}`, ...lines.map((line) => `    ${line}`), '  next', 'end'];
}
