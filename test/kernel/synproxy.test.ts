import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openConnections } from '../../src/kernel/open-connections.ts';
import { kernelPlanOf } from '../../src/kernel/plan.ts';
import { rulesetCommands, standingOf } from '../../src/kernel/ruleset.ts';
import { type SynFloodLine, SynFloods } from '../../src/kernel/syn-floods.ts';
import { hasOwnCookies, type ReadKernel, type Synproxy, synproxyHere } from '../../src/kernel/synproxy.ts';
import { sparingCommands } from '../../src/kernel/synproxy-rules.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';

const right: Readonly<Record<string, string>> = {
  '/proc/sys/net/netfilter/nf_conntrack_tcp_loose': '0\n',
  '/proc/sys/net/ipv4/tcp_timestamps': '1\n',
  '/proc/sys/net/ipv4/tcp_syncookies': '1\n',
  '/proc/sys/net/ipv4/tcp_rmem': '4096\t131072\t6291456\n',
  '/proc/sys/net/core/rmem_max': '212992\n',
};

function kernel(other: Readonly<Record<string, string | null>> = {}): ReadKernel {
  return (path) => ({ ...right, ...other })[path] ?? null;
}

suite('how the kernel can answer', () => {
  test('is as the listening sockets would', () => {
    assert.deepEqual(synproxyHere(kernel(), [9000, 1420]), { windowScale: 7, mssV4: 1380, mssV6: 1360 });
    assert.deepEqual(synproxyHere(kernel(), []), { windowScale: 7, mssV4: 1460, mssV6: 1440 });
  });

  test('has windows scaled as the largest buffer asks for', () => {
    const scaleOf = (bytes: number): unknown => {
      const here = synproxyHere(kernel({ '/proc/sys/net/ipv4/tcp_rmem': `4096 131072 ${bytes}` }), []);
      return 'windowScale' in here ? here.windowScale : here.obstacle;
    };
    assert.deepEqual([300_000, 4_194_304, 33_554_432, 2 ** 31].map(scaleOf), [3, 7, 10, 14]);
    assert.deepEqual(
      synproxyHere(kernel({ '/proc/sys/net/ipv4/tcp_rmem': null, '/proc/sys/net/core/rmem_max': null }), []),
      { windowScale: 0, mssV4: 1460, mssV6: 1440 },
    );
  });

  test('names the setting that stands against it', () => {
    const obstacle = (path: string, value: string | null): string => {
      const here = synproxyHere(kernel({ [path]: value }), []);
      return 'obstacle' in here ? here.obstacle : '';
    };
    assert.match(obstacle('/proc/sys/net/netfilter/nf_conntrack_tcp_loose', null), /modprobe nf_conntrack/);
    assert.match(obstacle('/proc/sys/net/netfilter/nf_conntrack_tcp_loose', '1'), /nf_conntrack_tcp_loose=0/);
    assert.match(obstacle('/proc/sys/net/ipv4/tcp_timestamps', '0'), /tcp_timestamps=1/);
    assert.equal(hasOwnCookies(kernel()), true);
    assert.equal(hasOwnCookies(kernel({ '/proc/sys/net/ipv4/tcp_syncookies': '0' })), false);
  });
});

suite('what the kernel answers', () => {
  const synproxy: Synproxy = { windowScale: 7, mssV4: 1460, mssV6: 1440 };
  const policy = policyOf({ halfOpenThreshold: 8192, endpoints: [{ address: '192.0.2.1', port: 80 }] });

  test('is what comes to the listeners of a policy with syncookie', () => {
    const plan = kernelPlanOf(snapshotOf(policy), synproxy, null);
    assert.ok(plan !== null);
    const commands = rulesetCommands('levee_0', plan, 'prerouting', null);
    assert.match(
      commands,
      /port80 ip daddr 192\.0\.2\.1 iifname != "lo" limit rate over 8192\/second burst 8192 packets/,
    );
    assert.match(
      commands,
      /answer80 ip daddr 192\.0\.2\.1 ct state untracked .* synproxy mss 1460 wscale 7 timestamp/,
    );
    const { sets, chains } = standingOf(plan);
    for (const name of [...sets, ...chains])
      assert.match(commands, new RegExp(`^add (set|chain) .* ${name}\\b`, 'm'));
  });

  test('is nothing where it can not, or need not', () => {
    assert.equal(kernelPlanOf(snapshotOf(policy), null, null), null);
    assert.equal(kernelPlanOf(snapshotOf(policyOf({ endpoints: policy.endpoints })), synproxy, null), null);
    assert.equal(kernelPlanOf(snapshotOf({ ...policy, enabled: false }), synproxy, null), null);
  });

  test('is translated on when nothing more is answered', () => {
    const plan = kernelPlanOf(snapshotOf(), null, synproxy);
    assert.ok(plan !== null);
    const commands = rulesetCommands('levee_0', plan, 'prerouting', null);
    assert.match(commands, /add rule inet levee_0 kept synproxy/);
    assert.doesNotMatch(commands, /limit rate|notrack|ct state/);
  });

  test('is not what was open before the kernel tracked connections', () => {
    const header = '  sl  local_address rem_address   st tx_queue rx_queue\n';
    const v4 = `${header}   0: 010200C0:0050 0200A8C0:C001 01 0:0 0:0
   1: 010200C0:0050 0300A8C0:C002 0A 0:0 0:0
   2: 010200C0:0050 0400A8C0:C003 06 0:0 0:0
   3: 010200C0:0051 0500A8C0:C004 01 0:0 0:0
`;
    const v6 = `${header}   0: B80D0120000000000000000001000000:0050 B80D0120000000000000000002000000:C001 08 0:0\n`;
    const found = [v4, v6].flatMap((text) => openConnections(text, new Set([80])));
    assert.equal(
      sparingCommands('levee_0', found),
      `add element inet levee_0 sparedv4 { 192.168.0.2 . 49153 . 192.0.2.1 . 80 timeout 3h }
add element inet levee_0 sparedv6 { 2001:db8::2 . 49153 . 2001:db8::1 . 80 timeout 3h }
`,
    );
  });
});

test('a flood of SYN packets has a line when it begins, one in an interval and one when it is over', () => {
  const lines: SynFloodLine[] = [];
  const floods = new SynFloods((line) => lines.push(line));
  floods.interval = 5000;
  for (let second = 1; second <= 10; second++) floods.look(new Map([[1, 100 + second]]), second * 1000);
  floods.look(new Map([[1, 0]]), 24_000);
  assert.equal(floods.isOn(1), true);
  floods.look(new Map(), 26_000);
  assert.deepEqual(
    lines.map(({ phase, count, total, peak, duration }) => [phase, count, total, peak, duration]),
    [
      ['start', 101, 101, 101, 0],
      ['summary', 520, 621, 106, 5000],
      ['end', 434, 1055, 110, 9000],
    ],
  );
  assert.equal(floods.answered(1), 1055);
  assert.equal(floods.isOn(1), false);
});
