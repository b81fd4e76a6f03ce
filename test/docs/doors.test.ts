import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noOpenSsh } from '../doors/ssh/open-ssh.ts';
import { freePort } from '../network/ports.ts';
import { launcher, newState } from '../running/levee.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'doors.md'), 'utf8');

/** What a reader copies, in its order. */
const steps = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, step]) => step);

test('the steps to SSH with a key, to a token, to the page and to Prometheus can be pasted one after the other', {
  skip: noOpenSsh,
}, async (context) => {
  const state = newState(context);
  const [port, watchPort, apiPort, pagePort] = await Promise.all([1, 2, 3, 4].map(() => freePort()));
  await state.daemonHere();
  const home = join(state.path, '..', 'home');
  const programs = join(home, 'bin');
  mkdirSync(programs, { recursive: true });
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  // OpenSSH looks for its files where the account lives, not where HOME says.
  const known = `-F none -o LogLevel=ERROR -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${home}/.ssh/known_hosts`;
  const wrappers = {
    levee: `exec '${launcher}' --state '${state.path}' "$@"`,
    ssh: `exec "$SSH" ${known} "$@"`,
    scp: `exec "$SCP" ${known} "$@"`,
  };
  for (const [name, line] of Object.entries(wrappers)) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const prologue = `SSH=$(command -v ssh) SCP=$(command -v scp)\nexport SSH SCP\nPATH="${programs}:$PATH"\n`;
  const script = `${prologue}${steps.join('\n')}`
    .replaceAll('2222', String(port))
    .replaceAll('9464', String(watchPort))
    .replaceAll('8443', String(apiPort))
    .replaceAll('9443', String(pagePort));
  const child = spawn('sh', ['-eu', '-c', script], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  assert.equal(await promise, 0, told);
  assert.match(told, /^Version: +Levee/m);
  assert.match(told, /"changed":true/);
  assert.match(told, /"user":"token:curl"/);
  assert.match(told, /^<title>Levee<\/title>/m);
  assert.match(told, /^levee_build_info\{/m);
  assert.match(told, /^\[\+\]listeners ok/m);
  assert.match(told, /^link +: otpauth:\/\/totp\/edge-2:admin\?secret=/m);
  assert.match(readFileSync(join(home, 'backup.conf'), 'utf8'), /set hostname "?edge-1/);
});
