import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SERVER_PORT, tcpOf } from '../packets/frames.ts';
import { runRules, talk } from './running.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'hakapcap.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));
const rules = blocks.find(({ kind }) => kind === 'lua')?.text ?? '';
const output = blocks.at(-1)?.text.trimEnd().split('\n');

test('the example of the page prints what the page says, and does it', () => {
  const answer = 'HTTP/1.0 200 OK\r\nServer: Fine/1.2\r\n\r\n';
  const { passed, lines } = runRules(rules, talk('GET / HTTP/1.0\r\n\r\n', answer));
  assert.deepEqual(lines, output);
  const answered = passed.find(
    (packet) => tcpOf(packet).sourcePort === SERVER_PORT && tcpOf(packet).payload.length > 0,
  );
  assert.ok(answered !== undefined);
  assert.equal(Buffer.from(tcpOf(answered).payload).toString('latin1'), answer.replace('Fine/1.2', 'none'));
});

test('and cuts off who asks for /admin', () => {
  const { passed, lines } = runRules(rules, talk('GET /admin HTTP/1.0\r\n\r\n', 'x'));
  assert.ok(lines.includes('\tdescription = somebody asks for /admin'));
  assert.deepEqual(
    passed.map((packet) => tcpOf(packet).flags),
    [2, 18, 16, 4, 4],
  );
});

test('every name of the API that the page lists is there', () => {
  const names = [...page.matchAll(/`haka\.([\w.]+)/g)].map(([, name = '']) => name);
  const missing = ['interactive_rule', 'debug', 'log.fatal', 'alert.update'];
  const wanted = names.filter((name) => !missing.includes(name));
  const { start } = runRules(
    `for _, name in ipairs{ ${wanted.map((name) => `'${name}'`).join(', ')} } do
       local value = haka
       for part in name:gmatch('[^.]+') do value = value[part] end
       if value == nil then print('missing', name) end
     end`,
    [],
  );
  assert.deepEqual(
    start.filter((line) => line.startsWith('missing')),
    [],
  );
  assert.ok(wanted.length > 10);
});
