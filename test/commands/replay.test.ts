import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { CaptureBuilder, type End } from '../replay/captures.ts';
import type { Given } from '../running/command-here.ts';
import { temporaryFolder } from '../running/folder.ts';
import { newState, policyText, type State } from '../running/levee.ts';

const port = 80;
const server: End = { address: '127.0.0.1', port: port };
const flooder = '203.0.113.7';

/** Five connections of one source a second apart, one each of three others. */
const capture = (() => {
  const built = new CaptureBuilder();
  for (let index = 1; index <= 5; index++) {
    built.open(index * 1000, { address: flooder, port: index }, server);
    if (index <= 3) built.open(index * 1000 + 1, { address: `192.0.2.${index}`, port: 1 }, server);
  }
  return built.bytes;
})();

function stricter(threshold: number): string {
  return `config waf layer4-connection-flood-check-rule\nedit "web limit"\nset layer4-connection-threshold ${threshold}\nnext\nend\n`;
}

/** A megabyte between two connections. */
function longCapture(): Uint8Array {
  const built = new CaptureBuilder();
  const talker = built.open(0, { address: flooder, port: 1 }, server);
  for (let index = 1; index < 1000; index++) talker.say(index, 1400);
  built.open(2000, { address: flooder, port: 2 }, server);
  return built.bytes;
}

type Desk = { readonly state: State; readonly file: (name: string) => string };

/** A configuration with the threshold 3, and files to name. */
async function desk(context: TestContext): Promise<Desk> {
  const state = newState(context);
  const folder = temporaryFolder(context);
  const file = (name: string): string => join(folder, name);
  assert.equal((await state.here(['import', '-'], policyText(port, 1, 3))).stderr, '');
  writeFileSync(file('a "flood".pcap'), capture);
  writeFileSync(file('one.conf'), stricter(1));
  writeFileSync(file('many.conf'), stricter(70_000));
  return { state, file };
}

async function printed(state: State, words: readonly string[], input?: Given): Promise<string> {
  const { status, stdout, stderr } = await state.here(words, input);
  assert.deepEqual([status, stderr], [0, ''], words.join(' '));
  return stdout;
}

suite('levee replay', { concurrency: 2 }, () => {
  test('says who would have been refused, and when first', async (context) => {
    const { state, file } = await desk(context);
    const shown = await printed(state, [
      'replay',
      file('a "flood".pcap'),
      '--advise',
      '--plot',
      file('p.svg'),
    ]);
    assert.match(
      shown,
      /^24 packets, 8 connections, from 2026-11-20 10:00:01\.000 to 2026-11-20 10:00:05\.000 UTC$/m,
    );
    assert.match(shown, /^policy "web" \("web limit": threshold 3, alert_deny\)$/m);
    assert.match(shown, /^ {2}peak +8 at a time, 5 of 203\.0\.113\.7$/m);
    assert.match(shown, /^ {2}refused +1 source, 2 connections, first 2026-11-20 10:00:04\.000$/m);
    assert.match(shown, /^ {2}-+ {2}threshold 3$/m);
    assert.match(shown, /^ {2}203\.0\.113\.7 +refused +5 +2 +2 +0 {2}2026-11-20 10:00:04\.000$/m);
    assert.match(shown, /^ {2}4 sources only: too few to rest a threshold on/m);
    const svg = readFileSync(file('p.svg'), 'utf8');
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    assert.match(svg, />threshold 3<\/text>/);
    assert.match(svg, /class="over"/);
  });

  test('gives the same with a daemon, without, from standard input and at a prompt', async (context) => {
    const { state, file } = await desk(context);
    const name = file('a "flood".pcap');
    const alone = await printed(state, ['replay', name, '--json']);
    const [policy] = JSON.parse(alone).policies;
    assert.deepEqual(policy.refused, { sources: 1, connections: 2, first: '2026-11-20T10:00:04.000Z' });
    assert.deepEqual([policy.affectedInAll, policy.affected[0].fate], [1, 'refused']);
    await state.daemonHere();
    assert.equal(await printed(state, ['replay', name, '--json']), alone);
    assert.equal(await printed(state, ['-c', `execute replay '${name}' | json`]), alone);
    assert.equal((await state.here(['replay', '-', '--json'], '')).status, 1, 'an empty capture');
    assert.equal(await printed(state, ['replay', '-', '--json'], { file: name }), alone);
    assert.equal(await printedBy(state, `"$@" < '${name}'`, ['replay', '-', '--json']), alone);
    const { stderr } = await state.here(['-c', 'execute replay -']);
    assert.match(stderr, /standard input is read by "levee replay -" alone/);
  });

  test('reads what is still being recorded, keeps nobody waiting, and prints when Ctrl-C has ended it', async (context) => {
    const { state } = await desk(context);
    const [launcher = '', ...words] = state.command(['replay', '-']);
    const child = spawn(launcher, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    context.after(() => child.kill('SIGKILL'));
    const [printedText, status] = [text(child.stdout), once(child, 'close')];
    // More than any pipe holds: once it is written, the other end reads.
    const long = longCapture();
    await new Promise((resolve) => child.stdin.write(long.subarray(0, -300), resolve));
    assert.match(await printed(state, ['export']), /set layer4-connection-threshold 3/);
    child.kill('SIGINT');
    const [told] = await once(child.stderr, 'data');
    child.stdin.end(long.subarray(-300));
    assert.deepEqual(await status, [0, null]);
    assert.equal(String(told), 'levee: reading to the end of the capture\n');
    assert.match(await printedText, /^ {2}connections +2$/m);
  });

  test('reports on a capture whose times are beyond every calendar', async (context) => {
    const { state, file } = await desk(context);
    const words = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
    const header = words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
    const link = words(1, 20, 101, 0, 20);
    const packet = words(6, 36, 0, 0xffffffff, 0xffffffff, 4, 4, 0x45, 36);
    writeFileSync(file('far.pcapng'), Buffer.concat([header, link, packet]));
    assert.match(await printed(state, ['replay', file('far.pcapng')]), /^1 packet, .* from \+275760-09-13 /);
    const data = JSON.parse(await printed(state, ['replay', file('far.pcapng'), '--json']));
    assert.equal(data.capture.to, '+275760-09-13T00:00:00.000Z');
    // With an offset of its times (option 14) of -2^63 seconds.
    const early = words(1, 32, 101, 0, 0x0008000e, 0, 0x80000000, 32);
    writeFileSync(file('early.pcapng'), Buffer.concat([header, early, packet]));
    assert.match(await printed(state, ['replay', file('early.pcapng')]), /^1 packet, .* from -271821-04-20 /);
  });

  test('keeps what a plot would replace, and leaves no half of one', async (context) => {
    const { state, file } = await desk(context);
    const name = file('a "flood".pcap');
    linkSync(name, file('link.pcap'));
    const refused = async (words: readonly string[], input?: Given): Promise<string> => {
      const { status, stderr } = await state.here(['replay', ...words], input);
      assert.equal(status, 1, words.join(' '));
      return stderr;
    };
    assert.match(await refused([name, '--plot', file('link.pcap')]), /the plot would replace the capture/);
    const candidate = [name, '--candidate', file('one.conf'), '--plot', file('one.conf')];
    assert.match(await refused(candidate), /the plot would replace the candidate/);
    assert.equal(readFileSync(file('one.conf'), 'utf8'), stricter(1));
    assert.match(await refused(['-', '--plot', name], { file: name }), /the plot would replace the capture/);
    assert.deepEqual(readFileSync(name), Buffer.from(capture));

    writeFileSync(file('old.svg'), '<svg>old</svg>');
    chmodSync(file('old.svg'), 0o640);
    symlinkSync('old.svg', file('new.svg'));
    writeFileSync(file('text'), 'no capture');
    assert.match(await refused([file('text'), '--plot', file('new.svg')]), /no pcap or pcapng/);
    assert.equal(readFileSync(file('old.svg'), 'utf8'), '<svg>old</svg>');
    await printed(state, ['replay', name, '--plot', file('new.svg')]);
    assert.match(readFileSync(file('old.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s);
    assert.equal(statSync(file('old.svg')).mode & 0o777, 0o640);
    const toStdout = await printedBy(state, '"$@" | cat', ['replay', name, '--plot', '/dev/stdout']);
    assert.match(toStdout, /^<svg .*^policy "web"/ms);
    assert.deepEqual(
      readdirSync(file('.')).filter((each) => each.includes('svg')),
      ['new.svg', 'old.svg'],
    );
  });

  test('says before it reads that a plot can not be written', async (context) => {
    const { state, file } = await desk(context);
    const [launcher = '', ...words] = state.command(['replay', '-', '--plot', file('no/where.svg')]);
    const child = spawn(launcher, words, { stdio: ['pipe', 'ignore', 'pipe'] });
    context.after(() => child.kill('SIGKILL'));
    // Its input has no end.
    const [told, status] = [text(child.stderr), once(child, 'exit')];
    assert.deepEqual(await status, [1, null]);
    assert.match(await told, /can't write '.*no\/where\.svg': no such file/);
  });

  test('tells what a candidate would change, and commits nothing of it', async (context) => {
    const { state, file } = await desk(context);
    const name = file('a "flood".pcap');
    const before = await printed(state, ['export']);
    const shown = await printed(state, ['replay', name, '--candidate', file('one.conf')]);
    assert.match(shown, /^ {2}connections refused +2 +4$/m);
    assert.doesNotMatch(shown, /192\.0\.2/);
    const data = JSON.parse(
      await printed(state, ['replay', name, '--candidate', file('one.conf'), '--json']),
    );
    assert.deepEqual(data.changes[0].changes, []);
    assert.equal(data.changes[0].otherNumbers, 1);
    assert.equal(await printed(state, ['export']), before);

    writeFileSync(file('new.conf'), policyText(81, 1, 1, 'other'));
    const all = ['replay', name, '--candidate', file('new.conf'), '--policy', 'other'];
    assert.match(await printed(state, all), /policy "other" \(new\)/);

    writeFileSync(file('name.conf'), 'config server-policy policy\nrename web to shop\nend\n');
    const renamed = await printed(state, ['replay', name, '--candidate', file('name.conf')]);
    assert.match(renamed, /^policy "shop" \(now called "web"\)\n$/m);
  });

  test('refuses what it can not do, as an import would', async (context) => {
    const { state, file } = await desk(context);
    const name = file('a "flood".pcap');
    const wrong = async (words: readonly string[]) => {
      const { status, stdout, stderr } = await state.here(['replay', ...words]);
      assert.equal(stdout, '');
      return { status, stderr };
    };
    const bad = await wrong([name, '--candidate', file('many.conf')]);
    const imported = await state.here(['import', '--check', file('many.conf')]);
    assert.equal(bad.status, 1);
    assert.ok(bad.stderr.startsWith(imported.stderr), bad.stderr);
    writeFileSync(file('text'), 'no capture');
    for (const [words, status, said] of [
      [[file('none')], 1, /no such file/],
      [[file('text')], 1, /no pcap or pcapng capture/],
      [[file('.')], 1, /a directory/],
      [[name, '--policy', 'wob'], 1, /did you mean "web"/],
      [[name, '--policy', 'web', '--port', '0'], 1, /an integer from 1 to 65535/],
      [[name, '--plot', file('no/where.svg')], 1, /can't write '.*no\/where\.svg': no such file/],
      [[name, '--plot', name], 1, /the plot would replace the capture/],
      [[name, '--candidate', file('none')], 1, /can't read/],
      [[name, '--port', '80'], 2, /--port goes with --policy/],
      [[], 2, /takes one capture/],
      [[name, '--frob'], 2, /Unknown option/],
    ] as const) {
      const ended = await wrong(words);
      assert.equal(ended.status, status, words.join(' '));
      assert.match(ended.stderr, said);
      assert.doesNotMatch(ended.stderr, /execute replay/);
    }
    assert.deepEqual(readFileSync(name), Buffer.from(capture));
  });
});

/** What a shell prints that runs Levee as `"$@"`. */
async function printedBy(state: State, script: string, words: readonly string[]): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', script, 'sh', ...state.command(words)])).stdout;
}
