/** Runs Levee in a network namespace, as root, with clients in another. Prints as JSON for whom the kernel has answered. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { echo, Member } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { policyText, State } from '../running/levee.ts';

const threshold = 10;
const connections = 16;

function run(...words: readonly string[]): string {
  const [command = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return stdout;
}

const outside = spawn('unshare', ['-n', 'sleep', '600'], { stdio: 'ignore' });
const beside = `nsenter -t ${outside.pid} -n`.split(' ');
const here = spawnSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' }).stdout;
await until('there is another namespace', () => {
  const { stdout } = spawnSync('readlink', [`/proc/${outside.pid}/ns/net`], { encoding: 'utf8' });
  return stdout !== '' && stdout !== here;
});
run('ip', 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', String(outside.pid));
run('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'near');
run('ip', 'link', 'set', 'near', 'up');
run(...beside, 'ip', 'address', 'add', '192.0.2.2/24', 'dev', 'far');
run(...beside, 'ip', 'link', 'set', 'far', 'up');

const state = new State();
const member = new Member(echo);
await member.listen('127.0.0.1');
const port = await freePort();
const policy = `config server-policy policy\nedit web\nset syncookie enable\nset half-open-threshold ${threshold}\nend\n`;
await state.here([], policyText(port, member.port, 0).replace(/vip 127.0.0.1/, 'vip 192.0.2.1'));
const daemon = await state.daemonHere();
const seen: Record<string, unknown> = {};

/** As `diagnose policy list` shows it. */
async function synCookie(): Promise<{ state: string; reason: string; answered: number }> {
  const { stdout } = await state.here(['-c', 'diagnose policy list | json']);
  return JSON.parse(stdout)[0].synCookie;
}

const { stdout, stderr } = await state.here([], policy);
seen['the commit warns'] = `${stdout}${stderr}`.includes('nf_conntrack_tcp_loose=0');
seen['before its time'] = (await synCookie()).state;
writeFileSync('/proc/sys/net/netfilter/nf_conntrack_tcp_loose', '0');
await until(
  'the kernel can answer, or says why not',
  async () => !(await synCookie()).reason.includes('loose'),
);
const { reason } = await synCookie();
if (reason !== '') seen['it can not'] = reason;
else {
  const client = join(import.meta.dirname, 'many-handshakes.ts');
  const [command = '', ...words] = [...beside, process.execPath, client, '192.0.2.1', port, connections];
  // The member, which is here, answers meanwhile.
  const { stdout: echoed } = await promisify(execFile)(String(command), words.map(String));
  await until('the kernel has counted', async () => (await synCookie()).answered > 0);
  const { state: then, answered } = await synCookie();
  seen['all have come in'] = Number(echoed) === connections;
  seen['as many as may passed untouched'] = answered > 0 && connections - answered >= threshold;
  seen['meanwhile'] = then;
  const log = await state.here(['-c', 'execute log display']);
  seen['the attack log tells'] = /sub_type="SYN Flood Prevention" .* phase=start threshold=10/.test(
    log.stdout,
  );
}
await daemon.stop();
seen['what is left'] = run('nft', 'list', 'tables');
member.close();
outside.kill();
await state.end();
process.stdout.write(JSON.stringify(seen));
