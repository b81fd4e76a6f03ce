import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import type { DaemonHere } from './daemon-here.ts';
import { type LeveeProcess, newState, policyText, type State } from './levee.ts';
import type { Redis } from './redis.ts';

/** `rule` and `cluster`: further settings of those tables; `more`: of any. */
type Options = {
  readonly key?: string;
  readonly name?: string;
  readonly threshold?: number;
  readonly rule?: readonly string[];
  readonly cluster?: readonly string[];
  readonly more?: string;
  /** In a process of its own, which another can take over from, and which is on time whatever this one does. */
  readonly isProcess?: boolean;
};

/** A daemon that is a node of a cluster, with a policy `web`. */
export class Node {
  readonly state: State;
  readonly port: number;
  readonly #clients: Client[] = [];
  daemon: DaemonHere | undefined;
  process: LeveeProcess | undefined;

  constructor(context: TestContext, port: number) {
    this.state = newState(context);
    this.port = port;
    context.after(() => {
      for (const { socket } of this.#clients) socket.destroy();
    });
  }

  async asked<T>(command: string): Promise<T> {
    const { status, stdout, stderr } = await this.state.here(['-c', `${command} | json`]);
    assert.deepEqual([status, stderr], [0, ''], command);
    return JSON.parse(stdout);
  }

  /** The last of its events that says something like this; what takes seconds costs less to read than to ask for. */
  lastEvent(pattern: RegExp): string {
    const lines = readFileSync(join(this.state.path, 'log', 'event.log'), 'utf8').split('\n');
    return lines.findLast((line) => pattern.test(line)) ?? '';
  }

  async open(from?: string): Promise<string> {
    const client = new Client('127.0.0.1', this.port, from);
    this.#clients.push(client);
    return client.outcome;
  }

  blocks(): Promise<
    readonly { readonly source: string; readonly node: string; readonly remaining: number }[]
  > {
    return this.asked('diagnose policy period-blockip list');
  }

  async status(): Promise<{
    readonly state: string;
    readonly blocks: number;
    readonly unreadable: number;
    readonly reason: string;
    readonly counts: { readonly standing: string; readonly nodes: number } | null;
  }> {
    return this.asked('diagnose cluster status');
  }

  async peers(): Promise<readonly string[]> {
    const peers = await this.asked<readonly { readonly node: string }[]>('diagnose cluster peers');
    return peers.map(({ node }) => node);
  }
}

export async function nodeOf(
  context: TestContext,
  redis: Redis,
  name: string,
  options: Options = {},
): Promise<Node> {
  const member = await startMember(context);
  const node = new Node(context, await freePort());
  const cluster = [
    'config system cluster',
    'set status enable',
    `set node-name "${options.name ?? name}"`,
    `set key "${options.key ?? 'a key that all nodes have'}"`,
    ...(options.cluster ?? []),
    'config server-list',
    'edit 1',
    'set server 127.0.0.1',
    `set port ${redis.port}`,
    'next',
    'end',
    'end',
    '',
  ].join('\n');
  const rule = options.rule === undefined ? '' : ruleText(options.rule);
  const text = `${policyText(node.port, member.port, options.threshold ?? 2)}${rule}${cluster}${options.more ?? ''}`;
  const { status, stderr } = await node.state.here([], text);
  assert.deepEqual([status, stderr], [0, '']);
  if (options.isProcess === true) node.process = await node.state.daemon();
  else node.daemon = await node.state.daemonHere();
  return node;
}

export function ruleText(lines: readonly string[]): string {
  return [
    'config waf layer4-connection-flood-check-rule',
    'edit "web limit"',
    ...lines,
    'next',
    'end',
    '',
  ].join('\n');
}
