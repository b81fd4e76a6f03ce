/** A data plane in a process with few descriptors, and more connections than fit. Prints what it told. */

import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';

const [port = 0, memberPort = 0] = process.argv.slice(2).map(Number);

// It believes in more than it has, so that the system is the first to refuse.
const running = new Running({ workers: 2, descriptors: 4000 });
const endpoints = [{ address: '127.0.0.1', port }];
await running.workers.apply(
  snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: 60_000 }), members: [memberOf(memberPort)] })),
);
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const { counts } = running.workers.status();
const outOfDescriptors = counts.reduce((sum, count) => sum + count.outOfDescriptors, 0);
await until('it is told', () => running.told('descriptors-exhausted').length > 0);
const told = running.unexpected.map(({ type }) => type);
process.stdout.write(`${JSON.stringify({ counted: running.counted, outOfDescriptors, told })}\n`);
await new Promise((resolve) => process.stdin.once('data', resolve));
await running.untilIdle();
await running.workers.stop();
process.exit(0);
