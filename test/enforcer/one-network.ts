/** Runs in a network namespace in which 2001:db8:1:2::/64 and 2001:db8:1:3::/64 are local. Prints what it saw. */
import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { Running } from '../running/data-plane.ts';

const threshold = 5;
const addresses = 40;

const member = new Member(echo);
await member.listen('::1');
const running = new Running({ workers: 2 });
const port = await freePort();
const endpoints = [{ address: '2001:db8:1:2::1', port }];
const members = [memberOf(member.port, { address: '::1' })];
await running.workers.apply(
  snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: threshold }), members })),
);

const outcomes: string[] = [];
for (let host = 0; host < addresses; host++) {
  const from = `2001:db8:1:2:${(host * 997).toString(16)}::${(host + 16).toString(16)}`;
  outcomes.push(...(await running.open(1, port, '2001:db8:1:2::1', from)));
}
const neighbour = await running.open(1, port, '2001:db8:1:2::1', '2001:db8:1:3::7');
const sources = running.sources().map(({ source, prefix, open }) => [source, prefix, open]);
await running.end();
member.close();
function count(wanted: string): number {
  return outcomes.filter((outcome) => outcome === wanted).length;
}
process.stdout.write(
  JSON.stringify({ admitted: count('admitted'), reset: count('reset'), neighbour, sources: sources.sort() }),
);
