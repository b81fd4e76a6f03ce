/** Runs Levee in a network namespace, as root, and prints as JSON what the kernel did for it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Client } from '../network/client.ts';
import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { policyText, State } from '../running/levee.ts';

const state = new State();
const member = new Member(echo);
await member.listen('127.0.0.1');
const port = await freePort();
const blocking =
  'config waf layer4-connection-flood-check-rule\nedit "web limit"\nset action block-period\nset block-period 3600\nend\n';
const kernel = 'config system enforcer\nset workers 1\nset kernel-block enable\nend\n';
await state.here([], `${policyText(port, member.port, 1)}${blocking}${kernel}`);
let daemon = await state.daemonHere();
const table = readFileSync(join(state.path, 'levee.nft'), 'utf8').trim();

function nft(...words: readonly string[]): string {
  const { stdout } = spawnSync('nft', words, { encoding: 'utf8' });
  return stdout;
}

function blocked(): readonly string[] {
  const [, elements = ''] =
    /set blocked\d+v4 \{[^}]*elements = \{([^}]*)\}/.exec(nft('list', 'table', 'inet', table)) ?? [];
  return elements
    .split(',')
    .flatMap((element) => element.trim().split(' ', 1))
    .filter((text) => text !== '');
}

async function asked(command: string): Promise<string> {
  const { stdout, stderr } = await state.here(['-c', command]);
  return `${stdout}${stderr}`;
}

/** Has a source blocked, and waits until the kernel knows. */
async function block(source: string): Promise<void> {
  const clients = [new Client('127.0.0.1', port, source), new Client('127.0.0.1', port, source)];
  await Promise.all(clients.map(({ outcome }) => outcome));
  for (const { socket } of clients) socket.destroy();
  await until(`${source} is blocked`, () => blocked().includes(source));
}

/** Tries to connect until the kernel has refused a packet of it, which nobody answers. */
async function refused(source: string): Promise<number> {
  const socket = createConnection({ host: '127.0.0.1', port, localAddress: source });
  socket.on('error', () => undefined);
  let packets = 0;
  await until('a packet is counted', async () => {
    const [row] = JSON.parse(await asked('diagnose policy period-blockip list | json'));
    packets = row.kernelRefused;
    return packets > 0;
  });
  const isOpen = socket.readyState === 'open';
  socket.destroy();
  return isOpen ? -1 : packets;
}

const seen: Record<string, unknown> = {};
await block('127.0.0.7');
seen['a block is in the set'] = blocked();
seen['its packets are refused, and counted'] = (await refused('127.0.0.7')) > 0;
seen['another source comes in'] = await new Client('127.0.0.1', port, '127.0.0.8').outcome;

nft('flush', 'set', 'inet', table, nft('list', 'table', 'inet', table).match(/blocked\d+v4/)?.[0] ?? '');
await until('a flushed set comes back', () => blocked().length > 0);
nft('delete', 'table', 'inet', table);
await until('a table that was deleted comes back', () => blocked().length > 0);
nft('flush', 'table', 'inet', table);
await until('rules that were flushed come back', () => nft('list', 'table', 'inet', table).includes('drop'));
nft('add', 'table', 'inet', 'of_somebody_else');
seen['what was changed by others is put back'] = blocked();

await asked('diagnose policy period-blockip delete web 127.0.0.7');
await until('a lifted block is gone', () => blocked().length === 0);
seen['a lifted source comes in'] = await new Client('127.0.0.1', port, '127.0.0.7').outcome;

await block('127.0.0.9');
await daemon.stop();
seen['the end removes the table, and no other'] = nft('list', 'tables').trim().split('\n');

const killed = await state.daemon();
await until('blocks are restored', () => blocked().includes('127.0.0.9'));
await killed.kill('SIGKILL');
seen['the table outlives a crash'] = blocked();
daemon = await state.daemonHere();
const adopted = blocked();
await state.here([], 'config system enforcer\nset kernel-block disable\nend\n');
seen['with kernel-block disable it is gone'] = nft('list', 'tables').trim().split('\n');
await daemon.stop();
const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
seen['it is adopted'] = [adopted, events.includes('which has kept 1 block"')];
member.close();
await state.end();
process.stdout.write(JSON.stringify(seen));
