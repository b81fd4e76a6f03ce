import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { readExamples } from '../../../docs/folders.ts';
import { SecretKey } from '../../../src/access/secret-key.ts';
import { digestOf, type Image } from '../../../src/cluster/configuration/image.ts';
import type { Shared } from '../../../src/cluster/configuration/own-configuration.ts';
import { NodeConfiguration } from '../../../src/daemon/sharing/node-configuration.ts';
import { productVersion } from '../../../src/system/version.ts';
import { atOnce } from '../../../src/time/time-slice.ts';
import { catalogue, type Levee, openLevee, printed, secretKey } from '../../cli/in-process.ts';

const rules = 'waf layer4-connection-flood-check-rule';

function nodeOf({ configuration, store }: Levee, key = secretKey): NodeConfiguration {
  const stored = store.sharing;
  return new NodeConfiguration({ catalogue, configuration, stored, secretKey: key, isLeft: () => false });
}

function digest(image: Image): string {
  return atOnce(digestOf(image));
}

function shared(image: Image, number = 1): Shared {
  const whence = { node: 'n1', author: 'alice', origin: 'console', comment: '' };
  return { head: { line: 'l', number, time: number, ...whence, digest: digest(image) }, past: [], image };
}

async function entered(levee: Levee, text: string): Promise<void> {
  assert.equal(printed(await levee.as('alice').import(text)), '');
}

/** Takes over what another one has. */
async function follow(node: NodeConfiguration, image: Image, number = 1): Promise<void> {
  assert.equal(await node.take(image, shared(image, number), node.revision), 'taken');
  assert.equal(digest(await node.image()), digest(image));
}

async function openPair(context: TestContext, text: string): Promise<readonly [Levee, Levee]> {
  const [one, other] = [openLevee(context), openLevee(context)];
  await entered(one, text);
  // What each node has for itself.
  for (const table of ['system interface', 'system vip'])
    await entered(other, await one.show(`show ${table}`));
  return [one, other];
}

suite('a configuration that nodes have in common', () => {
  for (const [name, text] of readExamples())
    test(`is the same on another node, with other secrets: ${name}`, async (context) => {
      const [one, other] = await openPair(context, text);
      const key = SecretKey.random();
      const [from, to] = [nodeOf(one), nodeOf(other, key)];
      await follow(to, await from.image());
      // It is known after a restart, and what it says is no change.
      assert.deepEqual(nodeOf(other, key).standing, to.standing);
      assert.equal(await to.differsFrom(await from.image()), false);
    });

  test('keeps rows through names that swap, come back and change places', async (context) => {
    const [one, other] = await openPair(
      context,
      `config ${rules}\nedit a\nnext\nedit b\nset block-period 7\nnext\nedit c\nnext\nend\n`,
    );
    const [from, to] = [nodeOf(one), nodeOf(other)];
    await follow(to, await from.image());
    const idOf = (key: string): number | undefined => other.configuration.view.find(rules, null, key);
    const [a, b] = [idOf('a'), idOf('b')];
    await entered(
      one,
      `config ${rules}\nrename a to x\nrename b to a\nrename x to b\nmove c before a\nend\n`,
    );
    await follow(to, await from.image(), 2);
    assert.deepEqual([idOf('b'), idOf('a')], [a, b]);
    await entered(one, `config ${rules}\ndelete a\nend\n`);
    await follow(to, await from.image(), 3);
    assert.equal(idOf('a'), undefined);
    assert.deepEqual((await one.as('alice').type('execute revision rollback 2')).problems, []);
    await follow(to, await from.image(), 4);
    assert.equal(idOf('a'), b);
  });

  test('is in common from the commit that says so to the one that ends it', async (context) => {
    const levee = openLevee(context);
    const node = nodeOf(levee);
    const cluster = (lines: string): Promise<void> =>
      entered(levee, `config system cluster\n${lines}\nend\n`);
    assert.equal(node.isShared, false);
    const store = 'config server-list\nedit 1\nset server 192.0.2.1\nnext\nend';
    await cluster(`set node-name n1\nset key "a key of twenty letters"\n${store}\nset share-config enable`);
    assert.equal(node.isShared, false);
    await cluster('set status enable');
    assert.equal(node.isShared, true);
    await cluster('set share-config disable');
    assert.equal(node.isShared, false);
  });

  test('is refused where this node can not have it, and then nothing is changed', async (context) => {
    const [one, other] = [openLevee(context), openLevee(context)];
    await entered(one, `config ${rules}\nedit a\nnext\nend\n`);
    const [from, to] = [nodeOf(one), nodeOf(other)];
    const image = await from.image();
    const [row] = image.filter(({ table }) => table === rules);
    assert.ok(row !== undefined);
    const before = to.revision;
    const changed: readonly (readonly [string, Image])[] = [
      [
        `Levee ${productVersion} does not know waf later`,
        [...image, { ...row, id: 'l', table: 'waf later' }],
      ],
      [`${rules} "a": Levee ${productVersion} does not share later`, [{ ...row, fields: { later: 1 } }]],
      [
        `${rules} "a": block-period: it is not an integer from 1 to 3600 (seconds)`,
        [{ ...row, fields: { 'block-period': 0 } }],
      ],
      ['system vip is of each node alone here', [{ ...row, table: 'system vip' }]],
      [
        'admin: an administrator with rw on admingrp besides "admin"',
        image.filter(({ table }) => table !== 'system admin'),
      ],
    ];
    for (const [fault, wanted] of changed)
      assert.deepEqual(await to.take(wanted, shared(wanted), before), { fault });
    assert.deepEqual([to.revision, to.standing], [before, null]);
    assert.equal(await to.take(image, shared(image), before + 1), 'changed-meanwhile');
  });
});
