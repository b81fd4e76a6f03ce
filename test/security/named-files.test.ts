import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { areas } from '../../schemas/table.ts';
import { CaptureBuilder } from '../replay/captures.ts';
import { type Ended, newState, type State } from '../running/levee.ts';

/** An administrator of this name with every right but those that are said otherwise. */
function administrator(name: string, otherwise: Readonly<Record<string, string>>): string {
  const grants = areas.map((area) => `set ${area} ${otherwise[area] ?? 'rw'}`);
  return `config system accprofile\nedit ${name}\n${grants.join('\n')}\nnext\nend
config system admin\nedit ${name}\nset access-profile ${name}\nnext\nend\n`;
}

type Place = {
  readonly state: State;
  /** A path in a folder of its own. */
  at(name: string): string;
  /** Runs `levee` as this administrator; null: as `admin`, who has every right. */
  run(name: string | null, words: readonly string[], input?: string): Promise<Ended>;
};

async function place(context: TestContext): Promise<Place> {
  const state = newState(context);
  const administrators = [
    administrator('nobody', { filegrp: 'none' }),
    administrator('reader', { filegrp: 'r' }),
    administrator('writer', { filegrp: 'w' }),
  ];
  const { stderr } = await state.here(['import', '-'], administrators.join(''));
  assert.equal(stderr, '');
  const folder = join(dirname(state.path), 'theirs');
  mkdirSync(folder);
  const run: Place['run'] = async (name, words, input) => {
    const ended = await state.here([...(name === null ? [] : ['--user', name]), ...words], input);
    return { ...ended, stderr: ended.stderr.replace(/^the account ".*" has no password\n/, '') };
  };
  return { state, run, at: (name) => join(folder, name) };
}

/** Each command that has a file read. */
function readings(file: string): (readonly string[])[] {
  return [
    ['import', file],
    ['import', '--check', '-', file],
    ['-c', `execute scripting check ${file}`],
    ['-c', `execute scripting load script ${file}`],
    ['-c', `execute replay ${file}`],
    ['replay', file],
    ['replay', '-', '--candidate', file],
  ];
}

/** Each that has one written. */
function writings(file: string): (readonly string[])[] {
  return [
    ['-c', `show | save ${file}`],
    ['-c', `show | save ${file} overwrite`],
    ['replay', '-', '--plot', file],
  ];
}

const emptyCapture = new CaptureBuilder().bytes;

test('files are read and written by name for those alone who have a permission for it', async (context) => {
  const { run, at } = await place(context);
  const denied = /permission denied\n(?:.*\n)?.*"([rw])" or "rw" on filegrp in your access profile/;
  for (const [name, commands, missing] of [
    [
      'nobody',
      [
        ['import', at('none')],
        ['-c', `show | save ${at('none')}`],
      ],
      undefined,
    ],
    ['writer', readings(at('none')), 'r'],
    ['reader', writings(at('none')), 'w'],
  ] as const) {
    for (const words of commands) {
      const { status, stderr } = await run(name, words, '');
      assert.equal(status, 1, words.join(' '));
      // Nor is it said whether there is such a file.
      const [, access] = denied.exec(stderr) ?? [];
      assert.ok(access !== undefined && access === (missing ?? access), `${words.join(' ')}: ${stderr}`);
    }
  }
  assert.deepEqual(readdirSync(dirname(at('none'))), []);
  assert.equal((await run('nobody', ['import', '-'], 'show system global\n')).status, 0);
  assert.equal((await run('writer', ['-c', `show system global | save ${at('saved')}`])).status, 0);
  assert.equal((await run('reader', ['import', at('saved')])).status, 0);
});

test('no name of a file leads into a state directory, whoever uses it and by whatever way', async (context) => {
  const { state, run, at } = await place(context);
  writeFileSync(join(state.path, 'secret.key'), `${'5ec2e7'.repeat(10)}5ec2\n`, { mode: 0o600 });
  mkdirSync(at('folder'));
  symlinkSync(state.path, at('folder/link'));
  symlinkSync(join(state.path, 'secret.key'), at('key'));
  symlinkSync(join(state.path, 'new'), at('dangling'));
  const before = readFileSync(join(state.path, 'levee.db'));
  const known = readdirSync(state.path, { recursive: true }).sort();
  const refused = async (words: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await run(null, words, '');
    assert.notEqual(status, 0, words.join(' '));
    assert.ok(!/5ec2|no such file/.test(`${stdout}${stderr}`), `${words.join(' ')}: ${stdout}${stderr}`);
    assert.match(`${stdout}${stderr}`, /where Levee keeps its own files|it is there already|a link|drawing/);
  };
  writeFileSync(at('rules.lua'), '');
  writeFileSync(at('capture'), emptyCapture);
  const key = join(state.path, 'secret.key');
  for (const words of [...readings(key), ...writings(key)]) await refused(words);
  await refused(['hakapcap', '-', key]);
  await refused(['hakapcap', '-o', key, at('capture'), at('rules.lua')]);
  await refused(['--password-file', key, '-c', 'show']);
  const ways = [
    join(state.path, 'log', '..', 'secret.key'),
    at('folder/link/secret.key'),
    `/proc/self/root${key}`,
  ];
  for (const way of [...ways, at('key')]) {
    await refused(['import', way]);
    await refused(['-c', `show | save ${way} overwrite`]);
  }
  for (const way of [join(state.path, 'new'), at('folder/link/log/new'), at('dangling')]) {
    await refused(['-c', `show | save ${way}`]);
    await refused(['hakapcap', '-o', way, at('capture'), at('rules.lua')]);
  }
  await refused(['replay', at('capture'), '--plot', join(state.path, 'new')]);
  assert.deepEqual(readFileSync(join(state.path, 'levee.db')), before);
  assert.deepEqual(readdirSync(state.path, { recursive: true }).sort(), known);
});

test('a file that is there is overwritten by those alone who say so, or by its like', async (context) => {
  const { run, at } = await place(context);
  const said = async (words: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(null, words);
    return `${status} ${stdout}${stderr}`;
  };
  writeFileSync(at('letter'), 'dear ann');
  writeFileSync(at('rules.lua'), '');
  writeFileSync(at('capture'), emptyCapture);
  assert.match(
    await said(['-c', `show | save ${at('letter')}`]),
    /^1 .*can't write '.*letter'\n {4}it is there already; "overwrite" behind its name replaces it\n/,
  );
  assert.match(
    await said(['replay', at('capture'), '--plot', at('letter')]),
    /^1 .*can't write .*letter.*something else than a drawing/,
  );
  assert.match(
    await said(['hakapcap', '-o', at('letter'), at('capture'), at('rules.lua')]),
    /^1 [\s\S]*letter' would replace a file that is no capture/,
  );
  assert.equal(readFileSync(at('letter'), 'utf8'), 'dear ann');
  symlinkSync(at('letter'), at('link'));
  assert.equal(await said(['-c', `show system global | save ${at('link')} overwrite`]), '0 ');
  assert.equal(readFileSync(at('letter'), 'utf8'), 'config system global\nend\n');
  linkSync(at('letter'), at('hard link'));
  assert.match(
    await said(['-c', `show | save "${at('hard link')}" overwrite`]),
    /^1 .*\n {4}it has more than one name \(hard links\)/,
  );
  for (const _ of ['the first', 'the second']) {
    assert.match(await said(['replay', at('capture'), '--plot', at('drawing')]), /^0 /);
    assert.match(await said(['hakapcap', '-o', at('copy'), at('capture'), at('rules.lua')]), /^0 /);
  }
  assert.equal(await said(['-c', 'show | save /dev/null']), '0 ');
});

/** Mistakes of all kinds, each with a word that no error may repeat. */
const spoiled = `canary-verb
config canary-table
end
config system vip
  edit "canary-key"
    set canary-field 1
    set vip canary-value
    set vip 192.0.2.1/32 canary-word
    set
    unset canary-field
    canary-verb
  next canary-word
  delete "canary-key"
  rename "canary-key" to "canary-other"
  edit "canary
key"
  next
end
config log trigger-policy
  edit "canary-name"
    set email-policy "canary-policy"
    config canary-sub
    end
  next
  edit "canary-name-that-is-far-too-long-for-any-name-that-there-may-be-in-a-table"
end
config server-policy server-pool
  edit "canary-pool"
    config pserver-list
      edit canary-number
        set ip canary-address
      next
      edit 1
        set port canary-port
        set backup-server canary
      next
    end
  next
end
config server-policy health
  edit "canary-health"
    config health-list
      edit 1
        set match-content "canary["
      next
    end
  next
end
config server-policy scripting
  edit "canary-script"
    set script "when TCP_ACCEPTED { canary canary }"
  next
end
config system admin
  edit "canary-admin"
    set password canary
  next
end
execute canary-operation
diagnose policy canary
show canary-table
show system vip "canary-row" | grep "canary(" | canary-pipe
config system global
  set hostname "canary`;

const spoiledScripts = [
  'when TCP_ACCEPTED { canary canary }',
  'when CANARY { }',
  'canary = = 1',
  'when TCP_ACCEPTED { local a = "canary',
  'when TCP_ACCEPTED priority canary { }',
  'goto canary',
];

test('no error repeats a file to whoever may not do everything', async (context) => {
  const { run, at } = await place(context);
  const told: string[] = [];
  const refused = async (words: readonly string[], input?: string): Promise<void> => {
    const { status, stdout, stderr } = await run('reader', words, input);
    assert.equal(status, 1, words.join(' '));
    assert.ok(!/canary/i.test(`${stdout}${stderr}`), `${words.join(' ')}: ${stdout}${stderr}`);
    told.push(stderr);
  };
  writeFileSync(at('capture'), emptyCapture);
  writeFileSync(at('file'), spoiled);
  writeFileSync(at('tail'), spoiled.slice(0, spoiled.indexOf('execute')));
  writeFileSync(at('open'), 'config system vip\nedit "canary"\n');
  writeFileSync(at('bytes'), Buffer.concat([Buffer.from('# canary\ncanary '), Buffer.of(0xff)]));
  for (const name of ['file', 'tail', 'open', 'bytes']) {
    await refused(['import', '--check', at(name)]);
    await refused(['import', '--keep-going', '--skip-unknown', at(name)]);
    await refused(['replay', at('capture'), '--candidate', at(name)]);
    await refused(['-c', `execute scripting check ${at(name)}`]);
  }
  for (const script of spoiledScripts) {
    writeFileSync(at('script'), script);
    await refused(['-c', `execute scripting check ${at('script')}`]);
  }
  // Where a mistake is, and what would be right, is said all the same; and to whoever may do everything, all of it.
  assert.match(told.join(''), /file:7:13: invalid ip address before '\*{6}'\n {4}an IPv4 address/);
  const { stderr } = await run(null, ['import', '--check', at('file')]);
  assert.match(stderr, /file:7:13: invalid ip address before 'canary-value'\n {4}set vip canary-value\n/);
});

test('a field that names a file is set by whoever may have files by name, and stays where others change the rest', async (context) => {
  const { run, at } = await place(context);
  const setting = (field: string, value: string): readonly string[] =>
    ['config system access-door', 'edit door', `set ${field} ${value}`, 'end'].flatMap((line) => [
      '-c',
      line,
    ]);
  for (const field of ['certificate-file', 'key-file']) {
    const refused = await run('writer', setting(field, at('none')));
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, new RegExp(`permission denied\n(?:.*\n)?.* on filegrp .*, to set ${field}`));
  }
  assert.equal((await run('reader', setting('certificate-file', at('none')))).status, 0);
  assert.equal((await run('writer', setting('port', '2222'))).status, 0);
  assert.equal(
    (await run('writer', setting('certificate-file', at('none')))).status,
    0,
    'it is that already',
  );
  const cloned = ['config system access-door', 'clone door to other', 'end'].flatMap((line) => ['-c', line]);
  assert.equal((await run('writer', cloned)).status, 1);
});
