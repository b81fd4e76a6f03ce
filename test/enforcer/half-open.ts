/** Runs in a network namespace in which 10.9.9.1 is local and 10.9.9.9 is nobody, yet. Prints what it saw. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';

const address = '10.9.9.1';
const victim = '10.9.9.9';
const threshold = 5;
const forged = 20;
/** SYN_RECV in /proc/net/tcp. */
const halfOpenScript = ' 03 ';

function run(command: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
function halfOpen(): number {
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => line.includes(halfOpenScript)).length;
}

const member = new Member(echo);
await member.listen('127.0.0.1');
const running = new Running({ workers: 2 });
const port = await freePort();
const endpoints = [{ address: address, port }];
const members = [memberOf(member.port)];
await running.workers.apply(
  snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: threshold }), members })),
);
const forge = fileURLToPath(new URL('forged-syn.py', import.meta.url));
run('python3', forge, victim, address, String(port), String(forged));
await until('they are half open', () => halfOpen() === forged);
const counted = running.sources().length;
run('ip', 'address', 'add', `${victim}/32`, 'dev', 'lo');
const outcomes = await running.open(threshold + 1, port, address, victim);
await running.end();
member.close();
process.stdout.write(JSON.stringify({ counted, outcomes }));
