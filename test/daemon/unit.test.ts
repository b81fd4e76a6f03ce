import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { temporaryFolder } from '../running/folder.ts';
import { LeveeProcess, newState, policyText } from '../running/levee.ts';

const units = join(import.meta.dirname, '..', '..', 'examples', 'systemd');
const confined = join(import.meta.dirname, 'confined.py');
/** What stands for a program that is where it says: the unit names that of an installation. */
const programs = [['/opt/levee/bin/levee', '/bin/true']] as const;

function analyze(...words: readonly string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

const without = analyze('--version').status === 0 ? false : 'systemd-analyze is missing';

/** The values of a setting in the unit, in their order. */
function valuesOf(setting: string): readonly string[] {
  const lines = readFileSync(join(units, 'levee.service'), 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith(`${setting}=`) ? [line.slice(setting.length + 1)] : []));
}

/** The system calls of a set of systemd.exec(5), or the one of that name. */
function callsOf(name: string): readonly string[] {
  if (!name.startsWith('@')) return [name];
  const lines = analyze('syscall-filter', name).text.split('\n').slice(1);
  return lines
    .map((line) => line.trim())
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : callsOf(line)));
}

function allowedCalls(): ReadonlySet<string> {
  const allowed = new Set<string>();
  for (const value of valuesOf('SystemCallFilter')) {
    const isTaken = value.startsWith('~');
    for (const name of value.replace('~', '').split(' ').flatMap(callsOf)) {
      if (isTaken) allowed.delete(name);
      else allowed.add(name);
    }
  }
  return allowed;
}

const families: Readonly<Record<string, number>> = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16 };

suite('the units for systemd', { skip: without, concurrency: 2 }, () => {
  test('are what systemd takes, and leave little that an intruder could do', (context) => {
    const folder = temporaryFolder(context);
    cpSync(units, folder, { recursive: true });
    const file = join(folder, 'levee.service');
    const text = readFileSync(file, 'utf8');
    const [[installed, present]] = programs;
    writeFileSync(file, text.replace(installed, present));
    assert.deepEqual(analyze('verify', '--man=no', file, join(folder, 'levee.socket')), {
      status: 0,
      text: '',
    });
    // Tenths of what a service without any of it has.
    const { status, text: report } = analyze('security', '--offline=true', '--threshold=25', file);
    assert.equal(status, 0, report);
    assert.ok(!text.includes('\nMemoryDenyWriteExecute='));
  });

  for (const engine of isWhole ? ['epoll', 'node'] : ['epoll']) {
    test(`let Levee do all that it does, on ${engine}`, async (context) => {
      const state = newState(context);
      const member = await startMember(context);
      const port = await freePort();
      const before = `config system enforcer\nset engine ${engine}\nset drain-timeout 0\nend\n`;
      assert.equal((await state.here([], before)).status, 0);
      const calls = [...allowedCalls()].join(',');
      const sockets = valuesOf('RestrictAddressFamilies')
        .flatMap((value) => value.split(' '))
        .map((name) => families[name] ?? assert.fail(name));
      const daemon = new LeveeProcess([
        'python3',
        confined,
        calls,
        sockets.join(','),
        ...state.command(['daemon']),
      ]);
      context.after(() => daemon.kill('SIGKILL'));
      await daemon.printed('levee: running in').catch(() => undefined);
      const { exitCode } = daemon.child;
      if (exitCode === 90 || exitCode === 127) return context.skip('no filter can be had here');
      // A commit, with a script, a name, a check by ping, and the copy of the database that follows.
      const checked = `${policyText(port, member.port, 2)}
config server-policy health
  edit "ping"
    config health-list
      edit 1
        set type icmp
      next
    end
  next
end
config server-policy server-pool
  edit "web servers"
    set server-balance enable
    set health "ping"
    config pserver-list
      edit 2
        set server-type domain
        set domain localhost
        set port ${member.port}
      next
    end
  next
end
config server-policy scripting
  edit "script"
    set script "when TCP_ACCEPTED { TCP:collect(1) }"
  next
end
config server-policy policy
  edit "web"
    set scripting enable
    set scripting-list "script"
  next
end
`;
      const done = await state.here([], checked);
      assert.deepEqual([done.status, done.stdout], [0, ''], done.stdout);
      const clients = Array.from({ length: 3 }, () => new Client('127.0.0.1', port));
      for (const client of clients) client.socket.write('x');
      const outcomes = await Promise.all(clients.map((client) => client.outcome));
      assert.deepEqual(outcomes.sort(), ['admitted', 'admitted', 'reset']);
      const ended = await daemon.kill('SIGTERM');
      assert.deepEqual([ended.status, ended.signal], [0, null]);
    });
  }
});
