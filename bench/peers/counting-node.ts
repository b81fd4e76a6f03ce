/**
 * A node of a cluster that only counts, without a daemon: each of so many sources has opened ten connections and then,
 * once a second, opens or closes one. Words: the port of the store, the name of the node, how many sources. Writes
 * `ready:NAME` into the store once it shares with another, and works until it is killed.
 */
import { clusterKey, Envelopes } from '../../src/cluster/messages/envelope.ts';
import { protocol } from '../../src/cluster/messages/protocol.ts';
import { PolicyKeys } from '../../src/cluster/policy-keys.ts';
import { openRedis } from '../../src/cluster/store/redis-store.ts';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { CountShare } from '../../src/supervisor/cluster/count-share.ts';
import { storeNames } from '../../src/supervisor/cluster/store-names.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { limitOf } from '../../src/verdict/judge/limit.ts';
import { isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { policyOf, ruleOf } from '../../test/policy/snapshots.ts';

const [port = '', name = '', words = ''] = process.argv.slice(2);
const sources = Number(words);
/** Connections that each holds, or one more; what is told begins with 7. */
const held = 10;
/** Of the second, in which every source has its turn. */
const turns = 100;

const policy = policyOf({ rule: ruleOf({ threshold: 100, action: 'deny_no_log' }) });
const policies = new Map([[policy.id, policy]]);
const table = createSourcesTable(2 * sources + 1024);
const gate = new Gate(table, [createLedger(sources * (held + 1) + 1024)], 1);
const limit = limitOf(policy);
const names = storeNames('levee');
const share = new CountShare(
  {
    ...{ table, policies, protocol, names },
    keys: new PolicyKeys(policies, () => undefined),
    spoken: () => protocol.versions.newest,
    storeNow: () => Date.now(),
    record: () => {},
    unreadable: () => {},
    differs: () => {},
  },
  { node: name, epoch: Date.now() },
  { onPartition: 'share', blindAllowance: 0 },
);
const envelopes = new Envelopes(await clusterKey('a key that all nodes have', 'levee'));
const plain = { username: '', password: { text: '', destination: '' }, tls: null };
const store = await openRedis(
  [{ server: '127.0.0.1', port: Number(port), ...plain }],
  () => '',
  new Map([[names.frames, (message: Buffer) => share.hear(envelopes, message)]]),
  new AbortController().signal,
);
share.attach({
  store,
  envelopes,
  fail: (error) => {
    throw error;
  },
});

function admit(source: number): number | null {
  const address = Uint32Array.of(0, 0, 0xffff, 0x0a000000 + source);
  return isAdmitted(gate.admit(limit, address, monotonicNow())) ? gate.judgement.connection : null;
}

const extra = new Map<number, number>();
let turn = 0;
for (let round = 0; round < held; round++) for (let source = 0; source < sources; source++) admit(source);
setInterval(() => {
  for (let source = turn; source < sources; source += turns) {
    const connection = extra.get(source);
    if (connection !== undefined) {
      gate.release(connection);
      extra.delete(source);
      continue;
    }
    const opened = admit(source);
    if (opened !== null) extra.set(source, opened);
  }
  turn = (turn + 1) % turns;
}, 1000 / turns);

const telling = setInterval(() => {
  const { standing, nodes } = share.report();
  if (standing !== 'sharing' || nodes !== 2) return;
  clearInterval(telling);
  void store.keep(`ready:${name}`, Buffer.of(1), 60_000);
}, 100);
