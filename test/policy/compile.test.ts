import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { parseAddress } from '../../src/net/address.ts';
import { lookUp } from '../../src/net/address-map.ts';
import { compileSnapshot, type PolicyObjection, policyObjections } from '../../src/policy/compile.ts';
import { compileEnforcerSettings } from '../../src/policy/enforcer-settings.ts';
import type { Machine } from '../../src/policy/machine.ts';
import { Reading } from '../../src/policy/reading.ts';
import type { PolicySnapshot, Snapshot } from '../../src/policy/snapshot.ts';
import {
  addPolicy,
  addPool,
  addVserver,
  type Fields,
  newRows,
  type Rows,
  to,
  type Vip,
} from './configuration.ts';

const catalogue = await loadCatalogue();

const isLocal = (address: string): boolean => address === '192.0.2.200' || address === '2001:db8::200';

const machine: Machine = {
  isLocal,
  now: 0,
  interfaces: () =>
    new Map([
      ['lo', ['127.0.0.1', '::1']],
      ['eth0', ['192.0.2.200', '2001:db8::200']],
      ['tun0', []],
    ]),
};

function compiled(rows: Rows): Snapshot {
  return compileSnapshot(new Reading(catalogue, rows), machine);
}

function objectionsTo(rows: Rows): PolicyObjection[] {
  return policyObjections(new Reading(catalogue, rows), compiled(rows), isLocal);
}

function only(rows: Rows): PolicySnapshot {
  const { policies } = compiled(rows);
  const [policy, ...more] = policies;
  assert.ok(policy !== undefined && more.length === 0);
  return policy;
}

const flood = 'waf layer4-connection-flood-check-rule';
const prevention = 'waf application-layer-dos-prevention';
const profile = 'waf web-protection-profile inline-protection';

/** A policy at the end of the whole chain, apart from the links that are left out. */
function chain(without: 'policy' | 'profile' | 'switch' | 'prevention' | 'nothing'): Rows {
  const rows = newRows();
  rows.add('log trigger-policy', 'mail');
  rows.add(flood, 'limit', {
    'layer4-connection-threshold': 10,
    'trigger-policy': to('log trigger-policy', 'mail'),
  });
  rows.add(prevention, 'dos', {
    ...(without === 'switch' ? {} : { 'enable-layer4-dos-prevention': 'enable' }),
    ...(without === 'prevention' ? {} : { 'layer4-connection-flood-check-rule': to(flood, 'limit') }),
  });
  rows.add(
    profile,
    'protection',
    without === 'profile' ? {} : { 'application-layer-dos-prevention': to(prevention, 'dos') },
  );
  addPolicy(
    rows,
    'web',
    [{ vip: '192.0.2.1/24' }],
    without === 'policy' ? {} : { 'web-protection-profile': to(profile, 'protection') },
  );
  return rows;
}

/** What is told where a link is missing. */
const links = {
  policy: 'server-policy policy "web" has no web-protection-profile',
  profile:
    'waf web-protection-profile inline-protection "protection" has no application-layer-dos-prevention',
  switch: 'waf application-layer-dos-prevention "dos" needs "set enable-layer4-dos-prevention enable"',
  prevention: 'waf application-layer-dos-prevention "dos" has no layer4-connection-flood-check-rule',
} as const;

suite('the rule of a policy', () => {
  test('is at the end of the chain, with the defaults of what is not set', () => {
    assert.deepEqual(only(chain('nothing')).rule, {
      name: 'limit',
      threshold: 10,
      action: 'alert',
      blockPeriod: 600,
      severity: 'Medium',
      triggerPolicy: 'mail',
      prefixV4: 32,
      prefixV6: 64,
      silentThreshold: 0,
      silentAfter: 10,
    });
  });

  for (const link of ['policy', 'profile', 'switch', 'prevention'] as const) {
    test(`is none where the chain is broken at the ${link}, which is told`, () => {
      const { rule, missingLink } = only(chain(link));
      assert.deepEqual([rule, missingLink], [null, links[link]]);
    });
  }

  test('has every value that is set', () => {
    const rows = newRows();
    rows.add(flood, 'limit', {
      'layer4-connection-threshold': 65536,
      action: 'block-period',
      'block-period': 3600,
      severity: 'Info',
      'source-prefix-v4': 0,
      'source-prefix-v6': 128,
    });
    rows.add(prevention, 'dos', {
      'enable-layer4-dos-prevention': 'enable',
      'layer4-connection-flood-check-rule': to(flood, 'limit'),
    });
    rows.add(profile, 'protection', { 'application-layer-dos-prevention': to(prevention, 'dos') });
    addPolicy(rows, 'web', [], { 'web-protection-profile': to(profile, 'protection') });
    assert.deepEqual(only(rows).rule, {
      name: 'limit',
      threshold: 65536,
      action: 'block-period',
      blockPeriod: 3600,
      severity: 'Info',
      triggerPolicy: '',
      prefixV4: 0,
      prefixV6: 128,
      silentThreshold: 0,
      silentAfter: 10,
    });
  });
});

suite('a policy', () => {
  test('with nothing but what it must have is enabled, enforced, and listens', () => {
    const rows = newRows();
    const id = addPolicy(rows, 'web', [{ vip: '192.0.2.1/24' }]);
    assert.deepEqual(only(rows), {
      id,
      name: 'web',
      enabled: true,
      monitorMode: false,
      services: [{ name: 'HTTP', port: 80 }],
      endpoints: [{ address: '192.0.2.1', port: 80 }],
      unplaced: [],
      halfOpenThreshold: null,
      rule: null,
      missingLink: links.policy,
      ipList: null,
      proxyProtocol: null,
      balance: 'round-robin',
      members: [],
      membersLeftOut: 0,
      chainedFrom: [],
      connectTimeout: 10_000,
      trafficLog: false,
      scripts: [],
      scriptsFailClosed: false,
    });
  });

  test('has the status and the mode that are set', () => {
    const rows = newRows();
    addPolicy(rows, 'web', [], { status: 'disable', 'monitor-mode': 'enable' });
    const { enabled, monitorMode } = only(rows);
    assert.deepEqual([enabled, monitorMode], [false, true]);
  });

  test('has a half-open-threshold with syncookie enable', () => {
    const rows = newRows();
    addPolicy(rows, 'one', [], { 'half-open-threshold': 100 });
    addPolicy(rows, 'two', [], { 'half-open-threshold': 100, syncookie: 'enable' });
    addPolicy(rows, 'three', [], { syncookie: 'enable' });
    assert.deepEqual(
      compiled(rows).policies.map(({ halfOpenThreshold }) => halfOpenThreshold),
      [null, 100, 8192],
    );
  });

  test('gives servers ten seconds, or what is set', () => {
    const rows = newRows();
    addPolicy(rows, 'one', [], { 'tcp-conn-timeout': 0 });
    addPolicy(rows, 'two', [], { 'tcp-conn-timeout': 600 });
    assert.deepEqual(
      compiled(rows).policies.map(({ connectTimeout }) => connectTimeout),
      [10_000, 600_000],
    );
  });

  for (const status of ['enable', 'disable']) {
    for (const tlog of ['enable', 'disable']) {
      test(`reports its connections with tlog ${tlog} and traffic-log status ${status} if someone writes them`, () => {
        const rows = newRows();
        rows.add('log traffic-log', '', { status });
        addPolicy(rows, 'web', [], { tlog });
        assert.equal(only(rows).trafficLog, tlog === 'enable' && status === 'enable');
      });
    }
  }

  for (const scripting of ['enable', 'disable']) {
    test(`with scripting ${scripting} has the scripts of its list, unchecked, in its order, or none`, () => {
      const rows = newRows();
      const table = 'server-policy scripting';
      const [one, , three] = ['one', 'two', 'three'].map((name) =>
        rows.add(table, name, { script: `when ${name} {` }),
      );
      addPolicy(rows, 'web', [], { scripting, 'scripting-list': [to(table, 'three'), to(table, 'one')] });
      const scripts = [
        { id: three, name: 'three', text: 'when three {' },
        { id: one, name: 'one', text: 'when one {' },
      ];
      assert.deepEqual(only(rows).scripts, scripting === 'enable' ? scripts : []);
    });
  }

  test('listens on the port of its service, of the predefined one and of an own one', () => {
    const rows = newRows();
    rows.add('server-policy service custom', 'alt', { port: 8080 });
    addPolicy(rows, 'one', [{ vip: '192.0.2.1/24' }], {
      service: to('server-policy service predefined', 'HTTPS'),
    });
    addPolicy(rows, 'two', [{ vip: '192.0.2.1/24' }], { service: to('server-policy service custom', 'alt') });
    const { policies } = compiled(rows);
    assert.deepEqual(
      policies.map(({ services, endpoints }) => [services[0]?.name, endpoints[0]?.port]),
      [
        ['HTTPS', 443],
        ['alt', 8080],
      ],
    );
  });

  const places: readonly (readonly [string, readonly Vip[], readonly string[]])[] = [
    ['nothing without a vip', [], []],
    ['nothing where no address is set', [{}, { vip: '0.0.0.0/0', vip6: '::/0' }], []],
    ['every address with /32 and /128', [{ vip: '0.0.0.0/32', vip6: '::/128' }], ['0.0.0.0', '::']],
    ['every address with any other length', [{ vip: '0.0.0.0/8' }, { vip6: '::/64' }], ['0.0.0.0', '::']],
    [
      'a real address that has length 0',
      [{ vip: '192.0.2.1/0', vip6: '2001:db8::1/0' }],
      ['192.0.2.1', '2001:db8::1'],
    ],
    [
      'both families of one vip',
      [{ vip: '192.0.2.1/24', vip6: '2001:db8::1/64' }],
      ['192.0.2.1', '2001:db8::1'],
    ],
    [
      'each vip once',
      [{ vip: '192.0.2.1/24' }, { vip: '192.0.2.2/24' }, { vip: '192.0.2.1/32' }],
      ['192.0.2.1', '192.0.2.2'],
    ],
    [
      'only enabled vips',
      [
        { vip: '192.0.2.1/24', status: 'disable' },
        { vip: '192.0.2.2/24', status: 'enable' },
      ],
      ['192.0.2.2'],
    ],
    [
      'every address alone, where another of its family is covered by it',
      [{ vip: '192.0.2.1/24' }, { vip: '0.0.0.0/32', vip6: '2001:db8::1/64' }],
      ['0.0.0.0', '2001:db8::1'],
    ],
  ];
  for (const [name, vips, expected] of places) {
    test(`listens on ${name}`, () => {
      const rows = newRows();
      addPolicy(rows, 'web', vips);
      assert.deepEqual(
        only(rows).endpoints,
        expected.map((address) => ({ address, port: 80 })),
      );
    });
  }
});

suite('PROXY headers', () => {
  const from = { 'proxy-protocol-from': ['192.0.2.0/24', '2001:db8::1-2001:db8::9'] };
  const isAsked = (policy: PolicySnapshot, text: string): boolean => {
    const address = new Uint32Array(4);
    assert.ok(parseAddress(text, address) && policy.proxyProtocol !== null);
    return lookUp(new Int32Array(policy.proxyProtocol.from), address) !== 0;
  };

  test('are expected from those who are listed, where that is switched on', () => {
    const rows = newRows();
    addPolicy(rows, 'one', [], { 'proxy-protocol': 'enable', 'use-proxy-protocol-addr': 'enable', ...from });
    addPolicy(rows, 'two', [], { 'proxy-protocol': 'enable', ...from });
    addPolicy(rows, 'three', [], { 'use-proxy-protocol-addr': 'enable', ...from });
    const snapshot = compiled(rows);
    const objections = objectionsTo(rows);
    const [one, two, three] = snapshot.policies;
    assert.ok(one && two && three);
    assert.deepEqual([one.proxyProtocol?.isSource, two.proxyProtocol?.isSource], [true, false]);
    assert.equal(three.proxyProtocol, null);
    for (const address of ['192.0.2.7', '2001:db8::1', '2001:db8::9']) assert.ok(isAsked(one, address));
    for (const address of ['192.0.3.7', '2001:db8::a', '::']) assert.ok(!isAsked(one, address));
    assert.deepEqual(objections, []);
  });

  test('are expected from nobody: that is objected to', () => {
    const rows = newRows();
    const row = addPolicy(rows, 'web', [], { 'proxy-protocol': 'enable' });
    addPolicy(rows, 'other', []);
    const reason = 'with proxy-protocol enable, proxy-protocol-from has to name at least one address';
    assert.deepEqual(objectionsTo(rows), [{ row, policy: 'web', reason }]);
  });
});

suite('the members of a policy', () => {
  const members = [
    { ip: '192.0.2.1', port: 8080 },
    { ip: '192.0.2.2', status: 'disable' },
    { ip: '2001:db8::3', status: 'maintain' },
  ];
  const expected = [
    { address: '192.0.2.1', port: 8080, status: 'enable' },
    { address: '192.0.2.2', port: 80, status: 'disable' },
    { address: '2001:db8::3', port: 80, status: 'maintain' },
  ];

  function policyOf(fields: Record<string, string>, list = members): PolicySnapshot {
    const rows = newRows();
    addVserver(rows, 'vs', []);
    addPool(rows, 'pool', list, fields);
    rows.add('server-policy policy', 'web', {
      vserver: to('server-policy vserver', 'vs'),
      service: to('server-policy service predefined', 'HTTP'),
      'server-pool': to('server-policy server-pool', 'pool'),
    });
    return only(rows);
  }

  const membersOf = (...pool: Parameters<typeof policyOf>): unknown =>
    policyOf(...pool).members.map(({ address, port, status }) => ({ address, port, status }));

  test('are all with server-balance', () => {
    assert.deepEqual(membersOf({ 'server-balance': 'enable' }), expected);
  });

  test('are the first one alone without, whatever its status', () => {
    assert.deepEqual(membersOf({}), expected.slice(0, 1));
    assert.deepEqual(membersOf({ 'server-balance': 'disable' }, members.slice(1)), expected.slice(1, 2));
    const pools = [policyOf({}), policyOf({}, []), policyOf({ 'server-balance': 'enable' })];
    assert.deepEqual(
      pools.map(({ membersLeftOut }) => membersLeftOut),
      [2, 0, 0],
      'the others are counted',
    );
  });

  test('are none of an empty pool', () => {
    assert.deepEqual(membersOf({}, []), []);
    assert.deepEqual(membersOf({ 'server-balance': 'enable' }, []), []);
  });
});

suite('a member', () => {
  const health = 'server-policy health';

  /** The policy of a pool with these members, where some checks are named. */
  function policyWith(members: readonly Fields[], fields: Fields = {}): PolicySnapshot {
    const rows = newRows();
    addVserver(rows, 'vs', []);
    const tcp = rows.add(health, 'tcp');
    rows.add(`${health} health-list`, '1', { type: 'tcp', 'retry-times': 5 }, tcp);
    const web = rows.add(health, 'web', { relationship: 'or' });
    rows.add(`${health} health-list`, '1', {}, web);
    const http = { type: 'http', 'url-path': '/up', 'match-type': 'all', 'match-content': 'ready' };
    rows.add(`${health} health-list`, '2', http, web);
    addPool(rows, 'pool', members, { 'server-balance': 'enable', ...fields });
    rows.add('server-policy policy', 'web', {
      vserver: to('server-policy vserver', 'vs'),
      service: to('server-policy service predefined', 'HTTP'),
      'server-pool': to('server-policy server-pool', 'pool'),
    });
    return only(rows);
  }

  test('with nothing but its address has the defaults of the schema', () => {
    const { balance, members } = policyWith([{ ip: '192.0.2.1' }]);
    assert.equal(balance, 'round-robin');
    assert.equal(members.length, 1);
    const id = members[0]?.id;
    assert.deepEqual(members[0], {
      id,
      pool: 'pool',
      number: 1,
      address: '192.0.2.1',
      domain: '',
      port: 80,
      status: 'enable',
      weight: 1,
      backup: false,
      connectionLimit: 0,
      recover: 0,
      warmUp: 0,
      warmRate: 10,
      proxyProtocol: null,
      health: null,
    });
  });

  test('has every value that is set', () => {
    const { balance, members } = policyWith(
      [
        {
          'server-type': 'domain',
          ip: '192.0.2.1',
          domain: 'www.example.com',
          port: 8080,
          weight: 9999,
          'backup-server': 'enable',
          'conn-limit': 1048576,
          recover: 1,
          'warm-up': 2,
          'warm-rate': 3,
          'proxy-protocol': 'enable',
          'proxy-protocol-version': 'v2',
        },
      ],
      { 'lb-algo': 'src-ip-hash' },
    );
    assert.equal(balance, 'src-ip-hash');
    assert.deepEqual(members[0], {
      id: members[0]?.id,
      pool: 'pool',
      number: 1,
      status: 'enable',
      health: null,
      address: '',
      domain: 'www.example.com',
      port: 8080,
      weight: 9999,
      backup: true,
      connectionLimit: 1048576,
      recover: 1,
      warmUp: 2,
      warmRate: 3,
      proxyProtocol: 'v2',
    });
  });

  test('has the checks of its pool, its own, or none', () => {
    const own = { 'health-check-inherit': 'disable' };
    const { members } = policyWith(
      [
        { ip: '192.0.2.1', health: to(health, 'web') },
        { ip: '192.0.2.2', health: to(health, 'web'), ...own },
        { ip: '192.0.2.3', ...own },
      ],
      { health: to(health, 'tcp') },
    );
    assert.deepEqual(
      members.map((member) => member.health?.name),
      ['tcp', 'web', undefined],
    );
    const tcp = members[0]?.health?.checks ?? [];
    const common = { id: tcp[0]?.id, type: 'tcp', timeout: 3, retryTimes: 5, interval: 10 };
    assert.deepEqual(tcp, [{ ...common, settings: tcp[0]?.settings }]);
    assert.equal(members[1]?.health?.relationship, 'or');
    const [ping, http] = members[1]?.health?.checks ?? [];
    assert.equal(ping?.type, 'icmp');
    assert.deepEqual(http?.settings, {
      'url-path': '/up',
      method: 'get',
      'match-type': 'all',
      'response-code': 200,
      'match-content': 'ready',
    });
  });
});

suite('two policies', () => {
  const service = to('server-policy service predefined', 'HTTPS');
  const reasons = (first: readonly Vip[], second: readonly Vip[], fields = {}): string[] => {
    const rows = newRows();
    addPolicy(rows, 'one', first);
    const id = addPolicy(rows, 'two', second, fields);
    return objectionsTo(rows).map(({ row, policy, reason }) => {
      assert.deepEqual([row, policy], [id, 'two']);
      return reason;
    });
  };

  test('on one address and port collide: the later one is objected to', () => {
    assert.deepEqual(reasons([{ vip: '192.0.2.1/24' }], [{ vip: '192.0.2.1/32' }]), [
      '192.0.2.1:80 is taken by policy "one"',
    ]);
    assert.deepEqual(reasons([{ vip6: '2001:db8::1/64' }], [{ vip6: '2001:db8::1/64' }]), [
      '[2001:db8::1]:80 is taken by policy "one"',
    ]);
  });

  test('of which one listens on every address collide, either way around', () => {
    const every = [{ vip: '0.0.0.0/32' }];
    const one = [{ vip: '192.0.2.1/24' }];
    assert.deepEqual(reasons(every, one), ['192.0.2.1:80 is taken by policy "one"']);
    assert.deepEqual(reasons(one, every), ['0.0.0.0:80 is taken by policy "one"']);
    assert.deepEqual(reasons(every, every), ['0.0.0.0:80 is taken by policy "one"']);
    assert.deepEqual(reasons([{ vip6: '::/128' }], [{ vip6: '2001:db8::1/64' }]), [
      '[2001:db8::1]:80 is taken by policy "one"',
    ]);
  });

  test('on addresses of other families, other addresses or other ports do not', () => {
    assert.deepEqual(reasons([{ vip: '0.0.0.0/32' }], [{ vip6: '::/128' }]), []);
    assert.deepEqual(reasons([{ vip: '192.0.2.1/24' }], [{ vip: '192.0.2.2/24' }]), []);
    assert.deepEqual(reasons([{ vip: '192.0.2.1/24' }], [{ vip: '192.0.2.1/24' }], { service }), []);
    assert.deepEqual(reasons([{ vip: '0.0.0.0/0' }], [{ vip: '0.0.0.0/0' }]), []);
  });

  test('of which one is disabled do not', () => {
    assert.deepEqual(
      reasons([{ vip: '192.0.2.1/24' }], [{ vip: '192.0.2.1/24' }], { status: 'disable' }),
      [],
    );
  });

  test('are named once, however many places they share', () => {
    const vips = [{ vip: '192.0.2.1/24' }, { vip: '192.0.2.2/24' }, { vip6: '::/128' }];
    assert.equal(reasons(vips, vips).length, 1);
  });
});

suite('a snapshot', () => {
  test('holds only what a policy reaches', () => {
    const rows = chain('nothing');
    rows.add(flood, 'unused');
    rows.add(prevention, 'unused');
    rows.add(profile, 'unused');
    rows.add('log trigger-policy', 'unused');
    rows.add('system vip', 'unused');
    addVserver(rows, 'unused', [{ vip: '192.0.2.9/24' }]);
    addPool(rows, 'unused', [{ ip: '192.0.2.9' }]);
    rows.add('server-policy service custom', 'unused', { port: 9 });
    const snapshot = compiled(rows);
    assert.doesNotMatch(JSON.stringify(snapshot), /unused|192\.0\.2\.9/);
    assert.deepEqual(
      [...rows.read].filter((row) => row.includes('unused')),
      [],
    );
  });

  test('has the revision, the name of the device, and survives as a message', () => {
    const rows = chain('nothing');
    assert.equal(compiled(rows).deviceName, 'Levee');
    rows.add('system global', '', { hostname: 'fw1' });
    const snapshot = compiled(rows);
    assert.deepEqual([snapshot.revision, snapshot.deviceName], [7, 'fw1']);
    assert.deepEqual(structuredClone(snapshot), snapshot);
  });

  test('of no policy is empty', () => {
    const rows = newRows();
    const snapshot = compiled(rows);
    const objections = objectionsTo(rows);
    assert.deepEqual([snapshot.policies, objections], [[], []]);
  });
});

test('what a full table and silence mean has defaults, and what is set', () => {
  const rows = newRows();
  const settings = (): unknown => {
    const { tableFull, idleTimeout } = compiled(rows);
    return [tableFull, idleTimeout];
  };
  assert.deepEqual(settings(), ['open', 3_600_000]);
  rows.add('system enforcer', '', { 'sources-table-full': 'closed', 'idle-timeout': 1 });
  assert.deepEqual(settings(), ['closed', 1000]);
});

test('the settings of the enforcer have defaults, and what is set', () => {
  const rows = newRows();
  assert.deepEqual(compileEnforcerSettings(catalogue, rows), {
    workers: 0,
    engine: 'auto',
    sourcesTableSize: 262144,
  });
  rows.add('system enforcer', '', { workers: 3, 'sources-table-size': 2048 });
  assert.deepEqual(compileEnforcerSettings(catalogue, rows), {
    workers: 3,
    engine: 'auto',
    sourcesTableSize: 2048,
  });
});
