import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { quote } from '../../src/text/quote.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { newState, policyText, type State } from '../running/levee.ts';

/** Names that a policy may have. */
export const hostileNames = [
  'web',
  'a"b\\c',
  '<img src=x onerror=alert(1)>',
  '{le="1"} 2 #',
  '\u05d0\u05d1',
  '\u{1f600}'.repeat(63),
];

/**
 * A Levee that runs policies of hostile names, one of which has let clients in and refused one. It is a node of a cluster
 * whose store is not there.
 */
export async function startMeasured(context: TestContext): Promise<State> {
  const state = newState(context);
  const member = await startMember(context);
  const ports = await Promise.all(hostileNames.map(() => freePort()));
  const texts = hostileNames.map((name, index) => {
    const policy = policyText(ports[index] ?? 0, member.port, 2, `p${index}`);
    return `${policy}config server-policy policy\nrename p${index} to ${quote(name)}\nend\n`;
  });
  const cluster = `config system cluster
set status enable
set node-name edge-1
set key "${'k'.repeat(32)}"
config server-list
edit 1
set server 127.0.0.1
set port ${await freePort()}
next
end
end
`;
  const { status, stderr } = await state.here([], `${texts.join('')}${cluster}`);
  assert.deepEqual([status, stderr], [0, '']);
  await state.daemonHere();
  const clients: Client[] = [];
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  for (let count = 0; count < 3; count++) {
    const client = new Client('127.0.0.1', ports[0] ?? 0);
    clients.push(client);
    assert.equal(await client.outcome, count < 2 ? 'admitted' : 'reset');
  }
  return state;
}

/** What the text says, by metric and labels. */
export function valuesIn(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
  );
}
