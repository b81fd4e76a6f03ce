import { oneOf, severities } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { Action, RuleSnapshot } from './snapshot.ts';

const actions: readonly Action[] = ['alert', 'alert_deny', 'block-period', 'deny_no_log'];

/** The flood-check rule that a policy reaches: by its profile, and there by a prevention policy that is switched on. */
export function compileRule(reading: Reading, policy: SourceRow): RuleSnapshot | null {
  const profile = reading.target(policy, 'web-protection-profile');
  const prevention = profile && reading.target(profile, 'application-layer-dos-prevention');
  if (prevention === undefined || !reading.isEnabled(prevention, 'enable-layer4-dos-prevention')) return null;
  const rule = reading.target(prevention, 'layer4-connection-flood-check-rule');
  if (rule === undefined) return null;
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
