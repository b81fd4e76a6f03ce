import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { jsonLines } from '../../src/cli/printing/lines/json-lines.ts';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { serve } from '../doors/socket/peer.ts';
import { talk } from '../packet-rules/running.ts';
import { frame } from '../packets/frames.ts';
import { commandHere } from '../running/command-here.ts';
import { DrivenShell } from '../shell/driven-shell.ts';

/** Sets the title, erases the screen, hides what follows and turns it round, in seven bits and in eight. */
const attack = '\x1b]0;owned\x07\x1b[2J\x1b[8m\x9b8m\u202e\rover';
const sequences = ['\x1b]', '\x1b[8m', '\x1b[2J', '\x07', '\x9b', '\u202e', '\rover'];

function assertHarmless(text: string): void {
  assert.deepEqual(
    sequences.filter((sequence) => text.includes(sequence)),
    [],
  );
}

test('nothing that a session prints steers the terminal, whoever has written it', async (context) => {
  const problem = {
    error: 'unknown-word',
    returnCode: -61,
    message: attack,
    source: attack,
    line: 1,
    column: 1,
    text: attack,
    before: 3,
    length: 2,
    path: [],
    expected: attack,
    nearest: attack,
  } as const;
  const served = await serve(context, () => [
    { kind: 'output', text: `${attack}\n` },
    { kind: 'notice', text: `${attack}\n` },
    { kind: 'problem', problem },
  ]);
  const session = await served.connect('someone');
  const shell = new DrivenShell(session);
  await shell.type('show\r');
  await shell.shows(() => shell.written.includes('over'));
  shell.console.notify(attack);
  for (const question of [
    { kind: 'confirm', message: attack },
    { kind: 'text', message: attack, initial: attack },
    { kind: 'select', message: attack, choices: [{ word: attack, help: attack }] },
  ] as const) {
    const before = shell.written.length;
    const answer = shell.console.ask(question);
    await shell.shows(() => shell.written.slice(before).includes('owned'));
    await shell.type('\x03');
    await answer;
  }
  await shell.type(`"${attack.replaceAll('\r', '\x16\r').replaceAll('\x1b', '\x16\x1b')}`);
  assertHarmless(shell.written);
  assert.match(shell.written, /␛\]0;owned␇/);
  shell.console.close();
  await shell.ended;
  session.close();
});

test('nothing that is said on standard error steers a terminal, wherever it goes', async () => {
  for (const words of [['import', attack], [attack], [`--${attack}`]]) {
    const { stderr, status } = await commandHere(words, {});
    assert.notEqual(status, 0);
    assert.match(stderr.toString(), /^levee: .*over/);
    assertHarmless(stderr.toString());
  }
});

/** Runs a packet rule over a connection in which the client says something. */
async function hakapcap(context: TestContext, said: string, rule: string, isTerminal: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'levee-terminal-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const [capture, rules] = [join(folder, 'talk.pcap'), join(folder, 'rules.lua')];
  const file = CaptureFile.create(capture, false);
  for (const segment of talk(said)) await file.write(frame(segment));
  await file.close();
  writeFileSync(
    rules,
    `local tcp, color = require('protocol/tcp'), require('color')
    haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
      local bytes = {}
      for i = 1, #pkt.payload do bytes[i] = string.char(pkt.payload[i]) end
      local said = table.concat(bytes)
      if #said > 0 and pkt.dstport == 80 then ${rule} end
    end }`,
  );
  const { stdout } = await commandHere(['hakapcap', capture, rules], {}, '', isTerminal);
  return stdout;
}

test('no bytes of a packet steer the terminal; in a pipe they are what they were', async (context) => {
  const said = Buffer.from(attack, 'utf8').toString('latin1');
  const rule = "print(said) haka.log.warning('x', '%s', said) print(color.red .. said)";
  const shown = (await hakapcap(context, said, rule, true)).toString('utf8');
  assertHarmless(shown);
  assert.equal(shown.split('␛]0;owned␇').length, 4, shown);
  const coloured = shown.split('\n').find((line) => line.startsWith('\x1b[31m␛'));
  assert.ok(coloured?.endsWith('over\x1b[0m'), 'the colour is that of the rule, to the end of the line');
  const piped = await hakapcap(context, said, rule, false);
  assert.equal(piped.toString('utf8').split(attack).length, 4);
});

test('JSON holds no character that steers a terminal, and says the same', () => {
  const data = { name: attack, list: ['\x7f', '\u2028', '\ud800', '\u200b'] };
  const lines = [...jsonLines(data)];
  assert.match(lines.join('\n'), /^[\n\x20-\x7e]*$/);
  assert.deepEqual(JSON.parse(lines.join('\n')), data);
});
