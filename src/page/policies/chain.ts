import { endpointText } from '../../net/endpoint.ts';
import type { MemberReport, PolicyReport } from '../../system/reports/running.ts';
import { quote } from '../../text/quote.ts';

/** A row as the API gives it, with every field. */
export type Row = Readonly<Record<string, unknown>>;

/** The tables that a policy leads to; null: one may not read it. */
export type Tables = {
  readonly policies: readonly Row[] | null;
  readonly profiles: readonly Row[] | null;
  readonly preventions: readonly Row[] | null;
  readonly rules: readonly Row[] | null;
  readonly pools: readonly Row[] | null;
};

/** One link of the chain. `name`: '' where there is none. */
export type Link = { readonly kind: string; readonly path: string; readonly name: string };

export type ChainMember = {
  /** Its key in the pool. */
  readonly key: string;
  readonly member: string;
  /** What is configured: enable, disable or maintain. */
  readonly status: string;
  /** The pool takes its first member alone. */
  readonly isLeftOut: boolean;
  /** How it runs; undefined: it does not. */
  readonly running: MemberReport | undefined;
};

/** From a policy to the rule that guards it, and to the servers behind it. */
export type Chain = {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly isMonitor: boolean;
  readonly links: readonly Link[];
  /** What breaks it before a rule: words for a person, or ''. */
  readonly missingLink: string;
  /** Null: one may not read it, or there is none. */
  readonly rule: Row | null;
  readonly pool: string;
  readonly members: readonly ChainMember[];
  /** Undefined: it does not run. */
  readonly running: PolicyReport | undefined;
};

const paths = {
  profile: 'waf web-protection-profile inline-protection',
  prevention: 'waf application-layer-dos-prevention',
  rule: 'waf layer4-connection-flood-check-rule',
  pool: 'server-policy server-pool',
};

export function chains(tables: Tables, reports: readonly PolicyReport[]): readonly Chain[] {
  return (tables.policies ?? []).map((policy) => chainOf(policy, tables, reports));
}

function chainOf(policy: Row, tables: Tables, reports: readonly PolicyReport[]): Chain {
  const name = textOf(policy, 'name');
  const running = reports.find((report) => report.policy === name);
  const profile = textOf(policy, 'web-protection-profile');
  const prevention = textOf(rowOf(tables.profiles, profile), 'application-layer-dos-prevention');
  const preventionRow = rowOf(tables.preventions, prevention);
  const rule = textOf(preventionRow, 'layer4-connection-flood-check-rule') || (running?.rule?.name ?? '');
  const pool = textOf(policy, 'server-pool');
  const poolRow = rowOf(tables.pools, pool);
  return {
    name,
    isEnabled: policy['status'] !== 'disable',
    isMonitor: policy['monitor-mode'] === 'enable',
    links: [
      { kind: 'profile', path: paths.profile, name: profile },
      { kind: 'prevention', path: paths.prevention, name: prevention },
      { kind: 'rule', path: paths.rule, name: rule },
    ],
    missingLink: running?.missingLink ?? '',
    rule: rowOf(tables.rules, rule) ?? null,
    pool,
    members: rowsIn(poolRow, 'pserver-list').map((row, index) =>
      memberOf(row, index > 0 && poolRow?.['server-balance'] !== 'enable', running?.members ?? []),
    ),
    running,
  };
}

function memberOf(row: Row, isLeftOut: boolean, running: readonly MemberReport[]): ChainMember {
  const address = textOf(row, row['server-type'] === 'domain' ? 'domain' : 'ip');
  const member = endpointText({ address, port: Number(row['port'] ?? 80) });
  return {
    key: textOf(row, 'id'),
    member,
    status: textOf(row, 'status') || 'enable',
    isLeftOut,
    running: isLeftOut ? undefined : running.find((each) => each.member === member),
  };
}

function rowOf(rows: readonly Row[] | null, name: string): Row | undefined {
  return name === '' ? undefined : rows?.find((row) => row['name'] === name);
}

function rowsIn(row: Row | undefined, table: string): readonly Row[] {
  const rows = row?.[table];
  return Array.isArray(rows) ? rows : [];
}

function textOf(row: Row | undefined, field: string): string {
  const value = row?.[field];
  return value === undefined || value === null ? '' : String(value);
}

/** The commands that give a member of a pool another status. */
export function memberStatusLines(pool: string, key: string, status: string): readonly string[] {
  return [
    `config ${paths.pool}`,
    `  edit ${quote(pool)}`,
    '    config pserver-list',
    `      edit ${key}`,
    `        set status ${status}`,
    '      next',
    '    end',
    '  next',
    'end',
  ];
}
