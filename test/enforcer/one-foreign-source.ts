/** Runs where 203.0.113.9 is no local address, but what is sent there comes back. Prints who the server saw, and what was said. */

import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';
import { linesOf, scriptsOf } from '../running/scripted.ts';

const seen: string[] = [];
const member = new Member((socket) => {
  seen.push(`${socket.remoteAddress}`);
  echo(socket);
});
await member.listen('127.0.0.1');
const running = new Running({ workers: 1 });
const port = await freePort();
const scripts = scriptsOf('when TCP_ACCEPTED { log("%s", TCP:set_snat_ip("203.0.113.9")) }');
const endpoints = [{ address: '127.0.0.1', port }];
await running.workers.apply(snapshotOf(policyOf({ endpoints, members: [memberOf(member.port)], scripts })));
const outcomes = await running.open(1, port);
await until('it is told', () => linesOf(running).length > 0);
const lines = linesOf(running);
await running.end();
member.close();
process.stdout.write(JSON.stringify({ outcomes, lines, seen }));
