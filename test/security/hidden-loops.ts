/** Runs in a network namespace of its own, where nobody has 10.9.9.9 yet. Prints what became of loops no commit sees. */
import { spawnSync } from 'node:child_process';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';

const attempts = 5;
const fewDescriptors = 32;

function run(command: string, ...words: readonly string[]): boolean {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (error !== undefined) return false;
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return true;
}

/** Connects to a policy on every address whose server is somewhere else, until it is not. */
async function tried(port: number, address: string, memberPort: number) {
  const running = new Running({ workers: 2 });
  const endpoints = [{ address: '0.0.0.0', port }];
  await running.workers.apply(
    snapshotOf(policyOf({ endpoints, members: [memberOf(memberPort, { address })] })),
  );
  let most = 0;
  const outcomes: string[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    outcomes.push(...(await running.open(1, port)));
    most = Math.max(most, running.descriptors);
  }
  await until('it is told', () => running.events.some(({ type }) => type === 'loop-refused'));
  await running.end();
  return { outcomes, few: most <= fewDescriptors, told: true };
}

run('ip', 'address', 'add', '10.9.9.9/32', 'dev', 'lo');
const port = await freePort();
const later = await tried(port, '10.9.9.9', port);

const server = ['10.9.9.77', '8080'] as const;
run('ip', 'route', 'add', server[0], 'dev', 'lo', 'src', '10.9.9.9');
const rules = 'add table ip t; add chain ip t out { type nat hook output priority -100; }';
const redirect = `add rule ip t out ip daddr ${server[0]} tcp dport ${server[1]} redirect to :${port}`;
const sentRound = run('nft', `${rules}; ${redirect}`)
  ? await tried(port, server[0], Number(server[1]))
  : null;
process.stdout.write(JSON.stringify({ later, sentRound }));
