import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CaptureBuilder, type End } from '../replay/captures.ts';
import { newState } from '../running/levee.ts';
import { runLine } from '../running/shell.ts';

const root = join(import.meta.dirname, '..', '..');
const file = join(root, 'docs', 'replay.md');
const page = readFileSync(file, 'utf8');

const minute = 60_000;

/** What the page tells of: a quiet day from 10:00 UTC on, and one address that opens 25 connections at 17:02. */
function friday(): Uint8Array {
  const capture = new CaptureBuilder();
  const server: End = { address: '198.51.100.10', port: 80 };
  for (let host = 0; host < 400; host++) {
    const address = host < 250 ? `192.0.2.${host + 1}` : `198.51.100.${host - 200}`;
    const held = host % 40 === 0 ? 4 : 1 + (host % 3);
    for (let index = 0; index < held; index++) {
      const at = host * minute + index * 1000;
      capture.open(at, { address, port: 30_000 + index }, server).close(at + 20_000);
    }
  }
  for (let index = 0; index < 25; index++) {
    capture.open(422 * minute + index * 40, { address: '203.0.113.7', port: 40_000 + index }, server);
  }
  return capture.bytes;
}

/** Commands of the page with what they print, in its order. */
const consoles = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([block, text = '']) => ({
  block,
  text,
}));

test('the example of the page prints what the page says', async (context) => {
  const state = newState(context);
  const folder = join(dirname(state.path), 'example');
  mkdirSync(folder);
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  writeFileSync(join(folder, 'friday.pcap'), friday());
  const [, strict = ''] = /^```text\n(.*?)^```$/ms.exec(page) ?? [];
  writeFileSync(join(folder, 'strict.conf'), strict);
  assert.equal(consoles.length, 2);
  let updated = page;
  for (const { block, text } of consoles) {
    let printed = '';
    for (const command of text.split('\n').filter((line) => line.startsWith('$ '))) {
      const line = command.slice(2).replaceAll(/\S+\.(?:conf|pcap)/g, (name) => join(folder, name));
      const ended = await runLine(line, { LEVEE_STATE_DIR: state.path });
      assert.equal(ended.status, 0, command);
      printed += `${command}\n${ended.printed}`;
    }
    updated = updated.replace(block, () => `\`\`\`console\n${printed}\`\`\``);
    if (process.env['UPDATE'] === undefined) assert.equal(text, printed);
  }
  if (updated !== page) writeFileSync(file, updated);
});
