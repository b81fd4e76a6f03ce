import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noOpenSsh } from '../doors/ssh/open-ssh.ts';
import { freePort } from '../network/ports.ts';
import { launcher, newState } from '../running/levee.ts';
import { pasted, stepsOf, writePrograms } from './pasted-steps.ts';

const steps = stepsOf('doors.md');

test('the steps to SSH with a key, to a token, to the page and to Prometheus can be pasted one after the other', {
  skip: noOpenSsh,
}, async (context) => {
  const state = newState(context);
  const [port, watchPort, apiPort, pagePort] = await Promise.all([1, 2, 3, 4].map(() => freePort()));
  await state.daemonHere();
  const home = join(state.path, '..', 'home');
  const programs = join(home, 'bin');
  // OpenSSH looks for its files where the account lives, not where HOME says.
  const known = `-F none -o LogLevel=ERROR -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${home}/.ssh/known_hosts`;
  writePrograms(programs, {
    levee: `exec '${launcher}' --state '${state.path}' "$@"`,
    ssh: `exec "$SSH" ${known} "$@"`,
    scp: `exec "$SCP" ${known} "$@"`,
  });
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  const prologue = `SSH=$(command -v ssh) SCP=$(command -v scp)\nexport SSH SCP\nPATH="${programs}:$PATH"\n`;
  const script = `${prologue}${steps.join('\n')}`
    .replaceAll('2222', String(port))
    .replaceAll('9464', String(watchPort))
    .replaceAll('8443', String(apiPort))
    .replaceAll('9443', String(pagePort));
  const told = await pasted(script, home);
  assert.match(told, /^Version: +Levee/m);
  assert.match(told, /"changed":true/);
  assert.match(told, /"user":"token:curl"/);
  assert.match(told, /^<title>Levee<\/title>/m);
  assert.match(told, /^levee_build_info\{/m);
  assert.match(told, /^\[\+\]listeners ok/m);
  assert.match(told, /^link +: otpauth:\/\/totp\/edge-2:admin\?secret=/m);
  assert.match(readFileSync(join(home, 'backup.conf'), 'utf8'), /set hostname "?edge-1/);
});
