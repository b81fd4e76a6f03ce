import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { noPseudoTerminal, PseudoTerminal } from '../../terminal/pseudo-terminal.ts';
import { hostOfSuite, noOpenSsh, type SshHost } from './open-ssh.ts';

suite('what goes on over SSH', { skip: noOpenSsh }, () => {
  const hostNow = hostOfSuite();

  test('a command is a batch with its exit status; what is piped is one too', async () => {
    const host = hostNow();
    const key = host.own.file;
    const shown = await host.ssh('admin', ['show system access-door'], { key });
    assert.deepEqual([shown.status, shown.stderr], [0, '']);
    assert.match(shown.stdout, /^config system access-door\n {2}edit "door"\n/);
    const wrong = await host.ssh('admin', ['config system global\nset hostname fw 1\nend'], { key });
    assert.deepEqual([wrong.status, wrong.stdout], [1, '']);
    assert.match(wrong.stderr, /^command:2:17: command parse error before '1'\n/);
    const piped = await host.ssh('admin', [], {
      key,
      input: 'config system global\nset hostname fw1\nend\nget system global\n',
    });
    assert.deepEqual([piped.status, piped.stderr], [0, '']);
    assert.match(piped.stdout, /^hostname +: fw1\n/);
    const listed = await host.console('execute revision list | json');
    assert.equal(JSON.parse(listed)[0].from, 'ssh(127.0.0.1)');
  });

  test('files by name on the machine of Levee are for nobody there, and are not offered', async () => {
    const host = hostNow();
    const key = host.own.file;
    const file = host.file('saved');
    for (const command of [
      `show | save ${file}`,
      `execute backup config ${file}`,
      `execute restore config ${file}`,
      `execute scripting load x ${file}`,
      `execute scripting check ${file}`,
      `execute replay ${file}`,
      `config system access-door\nedit door\nset certificate-file ${file}\nend`,
    ]) {
      const { status, stderr, stdout } = await host.ssh('admin', [command], { key });
      assert.deepEqual([status, stdout], [1, ''], command);
      assert.match(
        stderr,
        /permission denied\n.*\n.*no files by name over ssh(, to set certificate-file)?\n/,
        command,
      );
    }
    assert.equal(statSync(file, { throwIfNoEntry: false }), undefined);
  });

  test('nothing is forwarded, and no variable, agent or other subsystem is taken', async () => {
    const host = hostNow();
    const key = host.own.file;
    const { port } = host;
    const forwarded = await host.ssh('admin', [], { key, words: ['-W', `127.0.0.1:${port}`] });
    assert.equal(forwarded.status, 255);
    assert.match(forwarded.stderr, /stdio forwarding failed/);
    const remote = ['-o', 'ExitOnForwardFailure=yes', '-R', '127.0.0.1:0:127.0.0.1:1'];
    const back = await host.ssh('admin', ['get system status'], { key, words: remote });
    assert.equal(back.status, 255);
    const env = await host.ssh('admin', ['get system status'], {
      key,
      words: ['-o', 'SetEnv=LEVEE_PLAIN=1'],
    });
    assert.equal(env.status, 0, 'it is refused, and nothing else is');
    const subsystem = await host.ssh('admin', ['netconf'], { key, words: ['-s'] });
    assert.equal(subsystem.status, 255);
  });

  test('the configuration is a file: read it is a backup, written it is restored, or nothing changes', async () => {
    const host = hostNow();
    const key = host.own.file;
    const words = [...host.words(key), '-P', String(host.port)];
    const remote = 'admin@127.0.0.1:config';
    await host.console('config system global', 'unset hostname', 'end');
    assert.equal((await host.run('scp', [...words, remote, 'backup'])).status, 0);
    const backup = readFileSync(host.file('backup'), 'utf8');
    assert.equal(backup, await host.console('show'));
    assert.equal(
      (await host.run('scp', ['-O', ...words, remote.replace('config', 'sys_config'), 'old'])).status,
      0,
    );
    assert.equal(readFileSync(host.file('old'), 'utf8'), backup);

    const hostName = async (): Promise<string> =>
      (await host.console('get system global')).split('\n')[0]?.split(': ')[1] ?? '';
    for (const [at, options] of [[], ['-O']].entries()) {
      writeFileSync(host.file('new'), `${backup}config system global\nset hostname fw-${at}\nend\n`);
      assert.equal((await host.run('scp', [...options, ...words, 'new', remote])).status, 0);
      assert.equal(await hostName(), `fw-${at}`);
      writeFileSync(host.file('bad'), `${backup}config system global\nset hostname lost\nfrob\nend\n`);
      const bad = await host.run('scp', [...options, ...words, 'bad', remote]);
      assert.equal(bad.status, 1);
      assert.match(bad.stderr, /config:\d+:1: Unknown action 0\n/);
      assert.equal(await hostName(), `fw-${at}`);
      const other = await host.run('scp', [
        ...options,
        ...words,
        'new',
        remote.replace('config', 'levee.db'),
      ]);
      assert.equal(other.status, 1);
      assert.match(other.stderr, /the only file here is "config"/);
      assert.equal(
        (await host.run('scp', [...options, ...words, remote.replace('config', '../secret.key'), 'x']))
          .status,
        1,
      );
    }
    const orders = 'ls\nget config again\nput backup config\nrm config\n';
    const sftp = await host.run('sftp', [...words, '-b', '-', 'admin@127.0.0.1'], { input: orders });
    assert.match(sftp.stdout, /^sftp> ls\nconfig/);
    assert.match(sftp.stderr, /remote delete \/config: Operation unsupported/);
    assert.equal(await hostName(), 'Levee', 'what is restored names no hostname');
  });

  test('who may not see everything has no backup, and who may change nothing no restore', async () => {
    const host = hostNow();
    const key = host.key('other');
    await host.console(
      'config system accprofile',
      'edit auditors',
      'set wafgrp r',
      'next',
      'end',
      'config system admin',
      'edit jane',
      'set access-profile auditors',
      `set sshkey "${key.public}"`,
      'end',
    );
    const words = [...host.words(key.file), '-P', String(host.port)];
    const read = await host.run('scp', [...words, 'jane@127.0.0.1:config', 'part']);
    assert.equal(read.status, 1);
    assert.match(read.stderr, /your access profile hides .*system admin/);
    assert.equal(statSync(host.file('part'), { throwIfNoEntry: false }), undefined);
    // Nor do they send what could change nothing.
    host.file('whole', 'config system global\nend\n');
    for (const options of [[], ['-O']]) {
      const written = await host.run('scp', [...options, ...words, 'whole', 'jane@127.0.0.1:config']);
      assert.equal(written.status, 1);
      assert.match(written.stderr, /your access profile lets you change nothing/);
    }
  });
});

suite('the prompt over SSH', { skip: noOpenSsh || noPseudoTerminal }, () => {
  const hostNow = hostOfSuite();

  function prompt(host: SshHost, key: string, type = 'xterm'): PseudoTerminal {
    const line = ['ssh', '-t', ...host.words(key), '-p', String(host.port), 'admin@127.0.0.1'];
    return new PseudoTerminal(60, 8, { ...host.environment, TERM: type }, line);
  }

  test('is as at the console: help, UTF-8, a pager, a window that changes, Ctrl-C, and history', async () => {
    const host = hostNow();
    const key = host.own.file;
    const shell = prompt(host, key);
    await shell.has('Levee # █');
    shell.type('config system global\rset hostname fwé');
    await shell.has('set hostname fwé█');
    shell.type('\x03abort\r\x0cget system permissions ?');
    await shell.has('get system permissions █');
    shell.type('\x03execute terminal paging enable\r\x0cdiagnose system enforcer\r');
    await shell.has('--More-- █');
    shell.resize(70, 8);
    await shell.has('--More-- █');
    shell.type('q');
    await shell.has('Levee # █');
    shell.type('\x0cexecute log tail event\r');
    await shell.has('execute log tail event');
    shell.type('\x03');
    await shell.has('^C');
    shell.type('\x0cset comment a line of several words that is longer than that, and than a row');
    await shell.has('than a row█');
    shell.resize(30, 8);
    await shell.shows(
      'Levee # set comment a line of',
      'several words that is longer t',
      'han that, and than a row█',
    );
    shell.type('\x03\x0cexit\r');
    assert.equal((await shell.end()).status, 0);
    assert.equal(shell.terminal.modes.get('2004'), false);
    const next = prompt(host, key);
    await next.has('Levee # █');
    next.type('\x1b[A\x1b[A');
    await next.has('execute log tail event█');
    next.type('\x03\x04');
    assert.equal((await next.end()).status, 0);
  });

  test('has the whole screen for what changes, and gives it back', async () => {
    const host = hostNow();
    const key = host.own.file;
    const shell = prompt(host, key);
    await shell.has('Levee # █');
    shell.type('\x0cdiagnose system top\r');
    await shell.has(' 1 Policies (0) ');
    shell.resize(40, 6);
    shell.type('2');
    await shell.has('policy  source  open');
    shell.type('q');
    await shell.shows('Levee # diagnose system top', 'Levee # █');
    shell.type('exit\r');
    assert.equal((await shell.end()).status, 0);
    assert.equal(shell.terminal.modes.get('1049'), false);
    const once = await host.ssh('admin', ['diagnose system top'], { key });
    assert.deepEqual([once.status, once.stderr], [0, '']);
    assert.match(once.stdout, /^Policies: none$/m);
  });

  test('is plain text for a terminal that shows no more, as programs say of theirs', async () => {
    const host = hostNow();
    const key = host.own.file;
    const shell = prompt(host, key, 'vt100');
    await shell.writes('Levee # ');
    shell.type('get system global\n');
    await shell.writes('hostname');
    await shell.writes('\r\nLevee # ');
    shell.type('exit\n');
    assert.equal((await shell.end()).status, 0);
    assert.ok(!shell.written.includes('\x1b'), JSON.stringify(shell.written));
    await host.console('config system admin', 'edit admin', 'set plain-terminal enable', 'end');
    const program = prompt(host, key);
    await program.writes('Levee # ');
    program.type('exit\n');
    assert.equal((await program.end()).status, 0);
    assert.ok(!program.written.includes('\x1b'), JSON.stringify(program.written));
  });

  test('who has come with a key, and has no password, can set one there', async () => {
    const host = hostNow();
    const shell = prompt(host, host.own.file, 'vt100');
    await shell.writes('Levee # ');
    shell.type('execute password\n');
    await shell.writes('New password: ');
    shell.type('correct horse 7\n');
    await shell.writes('The same again: ');
    shell.type('correct horse 7\nexit\n');
    await shell.writes('The password is changed.');
    assert.equal((await shell.end()).status, 0);
    const command = ['get system status'];
    assert.equal((await host.ssh('admin', command, { password: 'correct horse 7' })).status, 0);
    await host.ssh('admin', ['config system admin\nedit admin\nunset password\nend'], { key: host.own.file });
  });

  test('a session that Levee ends says why; a client that goes takes its session along', async () => {
    const host = hostNow();
    const key = host.own.file;
    const shell = prompt(host, key);
    await shell.has('Levee # █');
    const sessions = async (): Promise<{ session: number; door: string | null }[]> =>
      JSON.parse(await host.console('get system logged-users | json'));
    const [session] = (await sessions()).filter(({ door }) => door === 'ssh');
    await host.console(`execute disconnect-admin-session ${session?.session}`);
    await shell.has('Levee has ended this session: "admin" has disconnected it');
    await shell.end();
    const gone = prompt(host, key);
    await gone.has('Levee # █');
    gone.hangUp();
    await gone.end();
    while ((await sessions()).some(({ door }) => door === 'ssh'));
  });
});
