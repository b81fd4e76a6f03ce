import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { hashPasswordSync } from '../../src/access/password.ts';
import { quote } from '../../src/text/quote.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { newState, policyText, type State } from '../running/levee.ts';

export const password = 'correct horse 7';
/** Of that password, and quick to check. */
const record = hashPasswordSync(password, { cost: 10, lanes: 1 });

/** Names that a page must not take for anything else: markup, writing from right to left, and the longest. */
export const hostileNames = ['<img src=x onerror=alert(1)>', 'שלום <b>حماية</b>', '🛡'.repeat(63)] as const;

/** Administrators who may change nothing, and the areas that they may look at. */
export const readers: Readonly<Record<string, readonly string[]>> = {
  reader: ['admingrp', 'loggrp', 'mntgrp', 'sysgrp', 'traroutegrp', 'wafgrp'],
  router: ['traroutegrp'],
  auditor: ['loggrp', 'mntgrp'],
  stranger: ['authusergrp'],
};

export type PageDoor = {
  readonly state: State;
  readonly url: string;
  /** Opens connections to a policy from a source, one after the other, and keeps them. */
  flood(policy: string, source: string, connections: number): Promise<void>;
  /** Until the test ends, one source after the other comes and goes, and another tries in vain. */
  goOn(): void;
  /** Commits these lines. */
  commit(...lines: readonly string[]): Promise<void>;
  /** Makes a service that the others are to be attacked by: every name of it is hostile, and so are those of two copies. */
  addHostile(): Promise<void>;
  /** What a command prints. */
  printed(command: string): Promise<string>;
};

/** Runs Levee with a page, an administrator `alice` who may do everything, the readers, and two services. */
export async function pageDoor(context: TestContext): Promise<PageDoor> {
  const state = newState(context);
  await state.daemonHere();
  const members = [await startMember(context), await startMember(context)];
  const [first, second] = members.map(({ port }) => port);
  assert.ok(first !== undefined && second !== undefined);
  const ports = new Map<string, number>();
  const commit = async (...lines: readonly string[]): Promise<void> => {
    const { status, stderr } = await state.here(['import', '-'], `${lines.join('\n')}\n`);
    assert.equal(status, 0, stderr);
  };
  const service = async (name: string, threshold: number, ...more: readonly string[]): Promise<string> => {
    const port = await freePort();
    ports.set(name, port);
    return [
      policyText(port, first, threshold, name),
      'config server-policy server-pool',
      `edit ${quote(`${name} servers`)}`,
      'set server-balance enable',
      'config pserver-list',
      'edit 2',
      'set ip 127.0.0.1',
      `set port ${second}`,
      'end',
      'end',
      'config server-policy policy',
      `edit ${quote(name)}`,
      'set proxy-protocol enable',
      'set proxy-protocol-from 127.0.0.0/8',
      'set use-proxy-protocol-addr enable',
      'end',
      ...more,
    ].join('\n');
  };
  const port = await freePort();
  await commit(
    await service('web shop', 6),
    await service('mail', 12, ...ruleLines('mail limit', 'set action block-period', 'set block-period 3600')),
    // So that attacks end while somebody looks.
    'config system advanced',
    'set max-dos-alert-interval 1',
    'end',
    'config system accprofile',
    ...Object.entries(readers).flatMap(([name, areas]) => [
      `edit ${name}`,
      ...areas.map((area) => `set ${area} r`),
      'next',
    ]),
    'end',
    'config system admin',
    'edit alice',
    'set access-profile prof_admin',
    `set password ENC ${record}`,
    'next',
    ...Object.keys(readers).flatMap((name) => [
      `edit ${name}`,
      `set access-profile ${name}`,
      `set password ENC ${record}`,
      'next',
    ]),
    'end',
    'config system access-door',
    'edit "page"',
    'set type page',
    'set status enable',
    `set port ${port}`,
    'end',
  );
  const clients: Client[] = [];
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  const connect = (policy: string): Client => {
    const at = ports.get(policy);
    assert.ok(at !== undefined);
    const client = new Client('127.0.0.1', at);
    clients.push(client);
    return client;
  };
  return {
    state,
    url: `http://127.0.0.1:${port}/`,
    commit,
    async flood(policy, source, connections) {
      for (let index = 0; index < connections; index++) {
        const client = connect(policy);
        client.socket.write(header(source, index));
        await client.outcome;
      }
    },
    goOn() {
      let turn = 0;
      const timer = setInterval(() => {
        turn += 1;
        const policy = turn % 3 === 0 ? 'mail' : 'web shop';
        const source = turn % 2 === 0 ? '198.51.100.88' : `203.0.113.${100 + (turn % 50)}`;
        const { socket } = connect(policy);
        socket.write(header(source, turn));
        if (turn % 2 === 1) setTimeout(() => socket.destroy(), 700);
        // The proxy is there all the time, as one is: else it would be a new source with each connection.
        if (turn % 25 === 1) for (const each of ports.keys()) connect(each);
      }, 150);
      context.after(() => clearInterval(timer));
    },
    async addHostile() {
      const [markup, ...others] = hostileNames;
      await commit(
        await service(markup, 2),
        'config server-policy policy',
        ...others.map((name) => `clone ${quote(markup)} to ${quote(name)}`),
        `edit ${quote(markup)}`,
        `set comment ${quote(others[0])}`,
        'end',
      );
    },
    async printed(command) {
      const { status, stdout, stderr } = await state.here(['-c', command]);
      assert.deepEqual([status, stderr], [0, ''], command);
      return stdout;
    },
  };
}

/** What a proxy says of a connection of a source. */
function header(source: string, index: number): string {
  return `PROXY TCP4 ${source} 198.51.100.10 ${40_000 + (index % 20_000)} 80\r\n`;
}

/** Lines that change a flood rule. */
function ruleLines(rule: string, ...lines: readonly string[]): readonly string[] {
  return ['config waf layer4-connection-flood-check-rule', `edit ${quote(rule)}`, ...lines, 'end'];
}
