import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import ssh2 from 'ssh2';
import { hostOfSuite, noOpenSsh, type SshHost } from './open-ssh.ts';

// What programs do that administer such boxes, without being told of Levee.

/** A shell as paramiko asks for it, for netmiko: a `vt100` of 511 columns and 1000 rows. */
class ProgramsShell {
  readonly #client = new ssh2.Client();
  #channel: ssh2.ClientChannel | undefined;
  #read = '';
  #wake = (): void => undefined;

  async open({ port }: SshHost, key: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<ssh2.ClientChannel>();
    this.#client.on('error', reject).on('ready', () => {
      const window = { term: 'vt100', cols: 511, rows: 1000 };
      this.#client.shell(window, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
    this.#client.connect({ host: '127.0.0.1', port, username: 'admin', privateKey: readFileSync(key) });
    this.#channel = await promise;
    this.#channel.setEncoding('utf8').on('data', (text: string) => {
      this.#read += text;
      this.#wake();
    });
  }

  /** Sends a line, and gives what stands between its echo and the prompt that follows, as netmiko cuts it out. */
  async send(command: string): Promise<string> {
    this.#read = '';
    this.#channel?.write(`${command}\n`);
    const answer = await this.until(/[#$] $/);
    const lines = answer.replaceAll('\r\n', '\n').split('\n');
    assert.equal(lines[0], command, 'the echo');
    return lines.slice(1, -1).join('\n');
  }

  /** The last line of what comes up to a prompt. */
  async until(prompt: RegExp): Promise<string> {
    while (!prompt.test(this.#read)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.#read;
  }

  get prompt(): string {
    return this.#read.split(/\r?\n/).at(-1) ?? '';
  }

  async leave(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#client.on('close', resolve);
    this.#channel?.on('close', () => this.#client.end());
    this.#channel?.write('exit\n');
    await promise;
  }
}

function missing(program: string, ...words: readonly string[]): string | false {
  return spawnSync(program, words).status === 0 ? false : `${program} ${words.join(' ')} does not work here`;
}

suite('programs over SSH', { skip: noOpenSsh }, () => {
  const hostNow = hostOfSuite();

  test("netmiko's driver for Fortinet finds the prompt, switches the pager off and reads answers", async () => {
    const host = hostNow();
    const key = host.own;
    await host.console('config system console', 'set output more', 'end');
    const shell = new ProgramsShell();
    await shell.open(host, key.file);
    await shell.until(/[#$] $/);
    assert.equal(await shell.send(''), '');
    assert.equal(shell.prompt, 'Levee # ');
    assert.equal(await shell.send('get system status | grep Virtual'), '');
    assert.match(await shell.send('get system console'), /^output +: more$/m);
    for (const command of ['config system console', 'set output standard', 'end'])
      assert.equal(await shell.send(command), '', command);
    const shown = await shell.send('show full-configuration');
    assert.match(shown, /^config [\s\S]*\nend$/);
    assert.equal(shown, (await host.console('show full-configuration')).trimEnd(), 'each line, and no page');
    await shell.send('config system global');
    assert.equal(shell.prompt, 'Levee (global) # ');
    assert.match(await shell.send('set hostname fw 1'), /Command fail\. Return code -61/);
    await shell.send('abort');
    await shell.leave();
  });

  test("Ansible's connection carries one command after the other", async () => {
    const host = hostNow();
    const key = host.own;
    const shared = ['-o', `ControlPath=${join(host.folder, 'master')}`];
    const master = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=60', ...shared];
    const commands = ['get system status', 'show nosuch', 'show'];
    const statuses: (number | null)[] = [];
    for (const command of commands)
      statuses.push((await host.ssh('admin', [command], { key: key.file, words: ['-C', ...master] })).status);
    assert.deepEqual(statuses, [0, 1, 0]);
    // `raw` wants a terminal.
    const raw = await host.ssh('admin', ['get system global'], { key: key.file, words: ['-tt', ...master] });
    assert.match(raw.stdout, /^hostname +: Levee\r\n/);
    const [door] = JSON.parse(await host.console('diagnose system access-door | json'));
    assert.equal(door.guests, 1, 'one connection for all');
    await host.ssh('admin', [], { words: ['-O', 'exit', ...shared] });
  });

  const noExpect = missing('expect', '-v');
  const noPexpect = missing('python3', '-c', 'import pexpect');
  for (const [name, skip, program] of [
    ['expect', noExpect, ['expect', '-f']],
    ['pexpect, as ansible.builtin.expect has it', noPexpect, ['python3']],
  ] as const) {
    test(`${name} drives the prompt of an account that wants plain text`, { skip }, async () => {
      const host = hostNow();
      const key = host.own;
      await host.console('config system global', 'unset hostname', 'end');
      const robot = ['config system admin', 'edit robot', 'set access-profile prof_admin'];
      await host.console(...robot, 'set plain-terminal enable', `set sshkey "${key.public}"`, 'end');
      const line = ['ssh', ...host.words(key.file), '-p', String(host.port), 'robot@127.0.0.1'];
      const script = host.file('script', name === 'expect' ? tcl(line) : python(line));
      const { status, stdout, stderr } = await host.run(program[0], [...program.slice(1), script]);
      assert.equal(status, 0, stdout + stderr);
      assert.ok(!stdout.includes('\x1b'), JSON.stringify(stdout));
      assert.match(await host.console('get system global'), /^hostname +: guard-1$/m);
    });
  }
});

function tcl(line: readonly string[]): string {
  return `set env(TERM) xterm-256color
set timeout 60
spawn ${line.join(' ')}
expect -re {^Levee # $} { send "config system global\\r" } timeout { exit 3 }
expect -re {\\(global\\) # $} { send "set hostname guard-1\\r" } timeout { exit 3 }
expect -re {\\(global\\) # $} { send "end\\r" } timeout { exit 3 }
expect -re {guard-1 # $} { send "exit\\r" } timeout { exit 3 }
expect eof
exit [lindex [wait] 3]
`;
}

function python(line: readonly string[]): string {
  return `import pexpect, sys
child = pexpect.spawn(${JSON.stringify(line[0])}, ${JSON.stringify(line.slice(1))}, env={"TERM": "xterm-256color", "PATH": "/usr/bin:/bin"}, encoding="utf8", timeout=60)
child.logfile_read = sys.stdout
for prompt, command in [("Levee # $", "config system global"), (r"\\(global\\) # $", "set hostname guard-1"), (r"\\(global\\) # $", "end"), ("guard-1 # $", "exit")]:
    child.expect(prompt)
    child.sendline(command)
child.expect(pexpect.EOF)
child.close()
sys.exit(child.exitstatus)
`;
}
