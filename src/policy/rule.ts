import { quote } from '../text/quote.ts';
import { oneOf, severities } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { Action, PolicySnapshot, RuleSnapshot } from './snapshot.ts';

const actions: readonly Action[] = ['alert', 'alert_deny', 'block-period', 'deny_no_log'];

/** The rule that applies; or none, and the first link of the chain to it that is missing. */
type Chain = Pick<PolicySnapshot, 'rule' | 'missingLink'>;

/** The flood-check rule that a policy reaches: by its profile, and there by a prevention policy that is switched on. */
export function compileRule(reading: Reading, policy: SourceRow): Chain {
  const profile = reading.target(policy, 'web-protection-profile');
  if (profile === undefined) return without(policy, 'web-protection-profile');
  const prevention = reading.target(profile, 'application-layer-dos-prevention');
  if (prevention === undefined) return without(profile, 'application-layer-dos-prevention');
  const rule = reading.target(prevention, 'layer4-connection-flood-check-rule');
  if (rule === undefined) return without(prevention, 'layer4-connection-flood-check-rule');
  const lacksSwitch = !reading.isEnabled(prevention, 'enable-layer4-dos-prevention');
  if (lacksSwitch)
    return {
      rule: null,
      missingLink: `${named(prevention)} needs "set enable-layer4-dos-prevention enable"`,
    };
  return { rule: ruleOf(reading, rule), missingLink: '' };
}

function without(row: SourceRow, field: string): Chain {
  return { rule: null, missingLink: `${named(row)} has no ${field}` };
}

function named({ table, key }: SourceRow): string {
  return `${table} ${quote(key)}`;
}

function ruleOf(reading: Reading, rule: SourceRow): RuleSnapshot {
  return {
    name: rule.key,
    threshold: reading.number(rule, 'layer4-connection-threshold'),
    action: oneOf(actions, reading.text(rule, 'action')),
    blockPeriod: reading.number(rule, 'block-period'),
    severity: oneOf(severities, reading.text(rule, 'severity')),
    triggerPolicy: reading.target(rule, 'trigger-policy')?.key ?? '',
    prefixV4: reading.number(rule, 'source-prefix-v4'),
    prefixV6: reading.number(rule, 'source-prefix-v6'),
    silentThreshold: reading.number(rule, 'silent-connection-threshold'),
    silentAfter: reading.number(rule, 'silent-after'),
  };
}
