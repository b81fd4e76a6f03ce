/** A data plane with one policy, until it is killed. Arguments: its port, that of its member, the threshold, workers. */

import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { Running } from '../running/data-plane.ts';

const [port = 0, memberPort = 0, threshold = 0, workers = 1] = process.argv.slice(2).map(Number);
const running = new Running({ workers });
const endpoints = [{ address: '127.0.0.1', port }];
const members = [memberOf(memberPort)];
await running.workers.apply(snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold }), members })));
process.stdout.write('ready\n');
