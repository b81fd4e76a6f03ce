/** Runs without CAP_NET_ADMIN and CAP_NET_RAW. Prints, as JSON, what a script was told when it asked for what takes it. */

import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';
import { linesOf, scriptsOf } from '../running/scripted.ts';

const member = new Member(echo);
await member.listen('127.0.0.1');
const running = new Running({ workers: 1 });
const port = await freePort();
const scripts = scriptsOf(`when TCP_ACCEPTED {
  log("%s %s", TCP:sockopt{op = "set", message = "so_mark", value = 1})
  log("%s %s", TCP:sockopt{op = "set", message = "so_priority", value = 7})
  log("%s", TCP:set_snat_ip("203.0.113.9"))
}`);
await running.workers.apply(
  snapshotOf(
    policyOf({ endpoints: [{ address: '127.0.0.1', port }], members: [memberOf(member.port)], scripts }),
  ),
);
const outcomes = await running.open(1, port);
await until('all is told', () => linesOf(running).length >= 3);
const lines = linesOf(running);
await running.end();
member.close();
process.stdout.write(JSON.stringify({ outcomes, lines }));
