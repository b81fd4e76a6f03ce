import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { openRedis } from '../../src/cluster/store/redis-store.ts';
import { RemoteSession } from '../../src/doors/socket/remote-session.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import type { DaemonHere } from '../running/daemon-here.ts';
import { newState, policyText, type State } from '../running/levee.ts';
import { Redis, withRedis } from '../running/redis.ts';

const rules = 'waf layer4-connection-flood-check-rule';

const blocking = `config ${rules}\nedit "web limit"\nset action block-period\nset block-period 600\nnext\nend\n`;

const vserver = `config server-policy vserver
edit vs
config vip-list
edit 1
set vip front
next
end
next
end`;

/** A virtual IP of this node, what names it, secrets of two kinds, and settings of which some are of a node alone. */
const allKinds = `config system vip
edit front
set vip 192.0.2.1/32
next
end
${vserver}
config log email-policy
edit mail
set smtp-server 192.0.2.25
set mailfrom a@example.com
set mailto1 b@example.com
set smtp-auth enable
set smtp-username levee
set smtp-password "not for everybody"
next
end
config system admin
edit bob
set access-profile prof_admin
set password Correct-Horse-9
next
end
config system global
set hostname edge-1
set admintimeout 7
end`;

type Status = { readonly state: string; readonly number: number; readonly reason: string };

class Node {
  readonly state: State;
  daemon: DaemonHere | undefined;

  constructor(context: TestContext) {
    this.state = newState(context);
  }

  async asked<T>(command: string): Promise<T> {
    const { status, stdout, stderr } = await this.state.here(['-c', `${command} | json`]);
    assert.deepEqual([status, stderr], [0, ''], command);
    return JSON.parse(stdout);
  }

  /** What is said of it, where it is done. */
  async entered(...lines: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.state.here([], `${lines.join('\n')}\n`);
    assert.equal(status, 0, stderr);
    return stdout + stderr;
  }

  /** Types at a prompt that goes on. */
  async typed(text: string): Promise<void> {
    const levee = await RemoteSession.connect(join(this.state.path, 'levee.sock'));
    try {
      const login = await levee.login(localOrigin('test', 'test'), noCredentials);
      assert.ok('session' in login);
      const problems: unknown[] = [];
      await login.session.execute(text, (part) => {
        if (part.kind === 'problem') problems.push(part.problem);
      });
      assert.deepEqual(problems, []);
    } finally {
      levee.close();
    }
  }

  threshold(rule: string, limit: number): Promise<string> {
    return this.entered(ruleText(rule, limit));
  }

  async shown(path: string): Promise<string> {
    const { stdout } = await this.state.here(['-c', `show ${path}`]);
    return stdout;
  }

  async has(rule: string, limit: number): Promise<boolean> {
    return (await this.shown(rules)).includes(
      `edit "${rule}"\n    set layer4-connection-threshold ${limit}\n`,
    );
  }

  async configuration(): Promise<Status> {
    const { configuration } = await this.asked<{ readonly configuration: Status | null }>(
      'diagnose cluster status',
    );
    return configuration ?? { state: 'none', number: 0, reason: '' };
  }

  async stands(state: string, number?: number): Promise<boolean> {
    const found = await this.configuration();
    return found.state === state && (number === undefined || found.number === number);
  }
}

function ruleText(rule: string, limit: number): string {
  return `config ${rules}\nedit "${rule}"\nset layer4-connection-threshold ${limit}\nnext\nend\n`;
}

function clusterText(port: number, name: string, key = 'a key that all nodes have'): string {
  return [
    'config system cluster',
    'set status enable',
    `set node-name "${name}"`,
    `set key "${key}"`,
    'set share-config enable',
    'config server-list',
    'edit 1',
    'set server 127.0.0.1',
    `set port ${port}`,
    'next',
    'end',
    'end',
    '',
  ].join('\n');
}

async function nodeOf(context: TestContext, redis: Redis, name: string, more = ''): Promise<Node> {
  const node = new Node(context);
  await node.entered(clusterText(redis.port, name), more);
  node.daemon = await node.state.daemonHere();
  return node;
}

/** Two that have the same. */
async function pair(context: TestContext): Promise<readonly [Redis, Node, Node]> {
  const redis = await Redis.start(context);
  const one = await nodeOf(context, redis, 'n1');
  await until('it is the first', () => one.stands('same', 1));
  const other = await nodeOf(context, redis, 'n2');
  await until('it is the same', () => other.stands('same', 1));
  return [redis, one, other];
}

suite('nodes that share their configuration', withRedis, () => {
  test('of two', async (context) => {
    const [, one, other] = await pair(context);
    await context.test(
      'run what one of them commits, under its author, and what is of a node alone stays',
      async () => {
        await other.entered('config system vip', 'edit front', 'set vip 192.0.2.2/32', 'next', 'end');
        await one.entered(allKinds);
        await until('the other has it', () => other.stands('same', 2));
        assert.match(await other.shown('system vip'), /set vip 192\.0\.2\.2\/32/);
        assert.match(await other.shown('server-policy vserver'), /set vip "?front"?\n/);
        assert.equal(await other.shown('system global'), 'config system global\n  set admintimeout 7\nend\n');
        const [revision] = await other.asked<readonly Record<string, unknown>[]>('execute revision list');
        assert.deepEqual(
          [revision?.['user'], revision?.['from'], revision?.['comment']],
          ['admin', 'node "n1", standard input', 'shared revision 2'],
        );
        const secrets = [await one.shown('log email-policy'), await other.shown('log email-policy')];
        assert.notEqual(secrets[0], secrets[1], 'sealed anew');
        assert.equal(await one.shown('system admin'), await other.shown('system admin'));

        // A rollback is a commit like others.
        const [before] = (
          await other.asked<readonly { readonly revision: number }[]>('execute revision list')
        ).slice(1);
        await other.state.here(['-c', `execute revision rollback ${before?.revision}`]);
        await until('the first has it', () => one.stands('same', 3));
        assert.equal(await one.shown('server-policy vserver'), 'config server-policy vserver\nend\n');
        assert.match(await one.shown('system vip'), /192\.0\.2\.1/);
      },
    );

    await context.test('mean the same policy whatever it is called', async () => {
      const [port, member] = [await freePort(), await startMember(context)];
      const vip = (last: number): string =>
        `config system vip\nedit "web address"\nset vip 127.0.0.${last}/32\nnext\nend\n`;
      await other.entered(vip(2));
      await one.entered(policyText(port, member.port, 2), blocking);
      await until('the other has it', async () =>
        (await other.shown('server-policy policy')).includes('web'),
      );
      const open = async (last: number): Promise<string> => {
        const client = new Client(`127.0.0.${last}`, port);
        context.after(() => client.socket.destroy());
        return await client.outcome;
      };
      assert.deepEqual([await open(1), await open(1), await open(1)], ['admitted', 'admitted', 'reset']);
      const blocks = async (node: Node): Promise<readonly string[]> =>
        (await node.asked<readonly { readonly policy: string }[]>('diagnose policy period-blockip list')).map(
          ({ policy }) => policy,
        );
      await until('the other blocks it', async () => (await blocks(other)).length === 1);
      await other.entered('config server-policy policy', 'rename web to shop', 'end');
      await until('it is renamed', async () => (await blocks(one))[0] === 'shop');
      assert.deepEqual(await blocks(other), ['shop']);
      assert.equal(await open(2), 'reset');
      await one.entered('diagnose policy period-blockip delete "shop" 127.0.0.1');
      await until('it is lifted everywhere', async () => (await blocks(other)).length === 0);
    });

    await context.test('share what is to be confirmed once it is', async () => {
      const [change] = [ruleText('web', 5)];
      await one.typed(
        `execute config-transaction start\n${change}execute config-transaction commit confirmed 60`,
      );
      assert.match((await one.configuration()).reason, /^revision \d+ waits to be confirmed by "admin"$/);
      const { number } = await one.configuration();
      assert.equal((await other.configuration()).number, number);
      await one.typed('execute config-transaction confirm');
      // Whoever has what is new may not say the number of it yet.
      for (const node of [one, other]) await until('both stand there', () => node.stands('same', number + 1));
      assert.ok(await other.has('web', 5));
    });

    await context.test('share nothing of a commit that ends it', async () => {
      const { number } = await other.configuration();
      const leaving = `${ruleText('web', 9)}config system cluster\nset share-config disable\nend\n`;
      await one.typed(`execute config-transaction start\n${leaving}execute config-transaction commit`);
      await until('it is by itself', () => one.stands('none'));
      await other.threshold('later', 4);
      await until('the next is the other’s', () => other.stands('same', number + 1));
      assert.ok(await other.has('web', 5));

      await one.entered('config system cluster', 'set share-config enable', 'end');
      await until('it asks which is to stand', () => one.stands('undecided', 0));
      await one.entered('execute cluster adopt');
      assert.ok((await one.has('web', 5)) && (await one.has('later', 4)));
    });
  });

  test('keep what several commit at once, and name what can not be kept', async (context) => {
    const [redis, one, other] = await pair(context);
    await one.threshold('web', 5);
    await until('the other has it', () => other.has('web', 5));
    redis.kill('SIGKILL');
    for (const node of [one, other])
      await until(
        'it is missed',
        async () => (await node.asked<Status>('diagnose cluster status')).state === 'unreachable',
      );
    assert.match(
      await one.threshold('web', 6),
      /the other nodes do not have it yet: the store of the cluster is not reached/,
    );
    await other.threshold('mail', 7);
    await redis.start();
    for (const node of [one, other])
      await until('all have both', async () => (await node.has('web', 6)) && (await node.has('mail', 7)));

    redis.kill('SIGKILL');
    for (const node of [one, other])
      await until(
        'it is missed',
        async () => (await node.asked<Status>('diagnose cluster status')).state === 'unreachable',
      );
    await one.threshold('web', 8);
    await other.threshold('web', 9);
    await redis.start();
    const isConflict = async (node: Node): Promise<boolean> => node.stands('conflict');
    await until('one is in conflict', async () => (await isConflict(one)) || (await isConflict(other)));
    const [late, early] = (await isConflict(one)) ? [one, other] : [other, one];
    const mine = late === one ? 8 : 9;
    const theirs = late === one ? 'n2' : 'n1';
    const reason = `"admin" on node "${theirs}" has changed the same: ${rules} "web", layer4-connection-threshold`;
    assert.equal((await late.configuration()).reason, reason);
    assert.ok(
      late.daemon?.reported.some((line) =>
        line.startsWith(`what "admin" has committed here is not shared: ${reason}; `),
      ),
    );
    assert.ok(await late.has('web', mine));
    assert.match(
      (await late.state.here(['-c', 'diagnose cluster difference'])).stdout,
      /layer4-connection-threshold/,
    );
    await until('its peers say so', async () => {
      const [peer] = await early.asked<readonly { readonly fault: string }[]>('diagnose cluster peers');
      return peer?.fault === reason;
    });
    await late.entered('execute cluster publish');
    await until('the other follows', () => early.has('web', mine));
  });

  test('run what they can, and say what they can not', async (context) => {
    const [redis, one, other] = await pair(context);
    const vip = ['config system vip', 'edit front', 'set vip 192.0.2.1/32', 'next', 'end'];
    await one.entered(...vip, vserver);
    await until('it is refused', () => other.stands('refused', 1));
    const reason =
      'server-policy vserver "vs" vip-list 1: vip names system vip "front", which this node does not have';
    assert.equal((await other.configuration()).reason, reason);
    await until(
      'the first is told',
      async () => one.daemon?.reported.some((line) => line.includes(reason)) === true,
    );
    await other.entered(...vip);
    await until('it follows', () => other.stands('same', 2));

    // One that has its own is asked, and one that was away catches up.
    await other.daemon?.stop();
    await one.threshold('web', 5);
    const third = await nodeOf(context, redis, 'n3', `${vip.join('\n')}\n${ruleText('own', 3)}`);
    await until('it waits', () => third.stands('undecided', 0));
    assert.match((await third.state.here(['-c', 'diagnose cluster difference'])).stdout, /-.*edit "?own"?/);
    assert.ok(await third.has('own', 3));
    await third.entered('execute cluster adopt');
    assert.ok((await third.has('web', 5)) && !(await third.has('own', 3)));
    other.daemon = await other.state.daemonHere();
    await until('it has caught up', () => other.has('web', 5));
  });

  test('take nothing that is not sealed with their key, nor anything twice, also after a restart', async (context) => {
    const [redis, one, other] = await pair(context);
    await one.threshold('web', 5);
    await until('the other has it', () => other.stands('same', 2));
    const [place = ''] = redis.ask('keys', 'levee:configuration:*').trim().split('\n');
    const store = await openRedis(
      [
        {
          server: '127.0.0.1',
          port: redis.port,
          username: '',
          password: { text: '', destination: '' },
          tls: null,
        },
      ],
      () => '',
      new Map(),
      new AbortController().signal,
    );
    context.after(() => store.close());
    const kept = async (): Promise<ReadonlyMap<string, Buffer>> => {
      for await (const some of store.scan(place, 100)) return some;
      return new Map();
    };
    const old = await kept();
    await one.threshold('web', 6);
    await until('the other has it', () => other.stands('same', 3));
    await one.daemon?.stop();
    await other.daemon?.stop();
    for (const node of [one, other]) {
      await store.put(place, old);
      node.daemon = await node.state.daemonHere();
      await until(
        'it corrects it',
        async () => (await kept()).get('head')?.equals(old.get('head') ?? Buffer.of()) === false,
      );
      assert.ok(await node.has('web', 6));
      await node.daemon.stop();
    }
    for (const node of [one, other]) node.daemon = await node.state.daemonHere();
    await store.put(place, new Map([['head', Buffer.from('a configuration of somebody else')]]));
    await until(
      'it is corrected',
      async () => (await kept()).get('head')?.toString() !== 'a configuration of somebody else',
    );
    redis.ask('flushall');
    await until('it is there again', async () => (await kept()).size === 2);
    const [first, second] = [await one.configuration(), await other.configuration()];
    assert.deepEqual([first.number, second.number], [3, 3]);
    assert.ok(![...(await kept()).values()].some((value) => value.includes('web')));
  });
});
