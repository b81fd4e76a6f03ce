/** Runs in a network namespace in which 10.9.9.1 is local and 10.9.9.9 is nobody, yet. Prints what it saw. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './condition.ts';
import { echo, freePort, Member } from './member.ts';
import { Running } from './running.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from './snapshots.ts';

const ADDRESS = '10.9.9.1';
const VICTIM = '10.9.9.9';
const THRESHOLD = 5;
const FORGED = 20;
/** SYN_RECV in /proc/net/tcp. */
const HALF_OPEN = ' 03 ';

const run = (command: string, ...words: readonly string[]): void => {
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
};
const halfOpen = (): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => line.includes(HALF_OPEN)).length;

const member = new Member(echo);
await member.listen('127.0.0.1');
const running = new Running({ workers: 2 });
const port = await freePort(ADDRESS);
const endpoints = [{ address: ADDRESS, port }];
const members = [memberOf(member.port)];
await running.workers.apply(
  snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: THRESHOLD }), members })),
);
const forge = fileURLToPath(new URL('forged-syn.py', import.meta.url));
run('python3', forge, VICTIM, ADDRESS, String(port), String(FORGED));
await until('they are half open', () => halfOpen() === FORGED);
const counted = running.sources().length;
run('ip', 'address', 'add', `${VICTIM}/32`, 'dev', 'lo');
const outcomes = await running.open(THRESHOLD + 1, port, ADDRESS, VICTIM);
await running.end();
member.close();
process.stdout.write(JSON.stringify({ counted, outcomes }));
