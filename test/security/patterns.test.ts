import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { checkHttp } from '../../src/supervisor/health/checks/http.ts';
import { freePort } from '../network/ports.ts';
import { runRules } from '../packet-rules/running.ts';
import { newState } from '../running/levee.ts';

/** Each of these takes an engine that backtracks longer than a life. */
const attacks = ['([a-z0-9-]+)*!!', '(a+)+$', '(a|a)*b', '(.*a){25}!'];
const name = 'a'.repeat(60);

test('no expression after a pipe takes for ever', async (context) => {
  const state = newState(context);
  const entry = `config log trigger-policy\nedit "${name}?"\nend`;
  for (const pipe of ['grep', 'grep -i', 'grep -f -v', 'begin']) {
    const commands = attacks.flatMap((attack) => ['-c', `show | ${pipe} '${attack}' | count`]);
    const { status, stderr } = await state.here(['-c', entry, ...commands]);
    assert.deepEqual([status, stderr], [0, ''], pipe);
  }
  const around = await state.here(['-c', `show | grep -A 999999999 -B 999999999 ${name} | count`]);
  assert.deepEqual([around.status, around.stderr], [0, '']);
});

test('what no engine can match in linear time is refused, also where it would be stored', async (context) => {
  const state = newState(context);
  const check = 'config server-policy health\nedit own\nconfig health-list\nedit 1\nset type http';
  const { status, stderr } = await state.here([
    ...['-c', `${check}\nset match-content "a(?=b)"\nabort\nabort`],
    ...['-c', String.raw`show | grep '(a)\1'`],
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /at most 127 characters: the lookahead "\(\?=" is not supported/);
  assert.match(stderr, /a regular expression: the backreference "\\1" is not supported/);
});

test('no content of a member takes for ever to match', async () => {
  const server = createServer((_, response) => response.end(`${name}?`));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    for (const matchContent of attacks) {
      const check = {
        path: '/',
        method: 'get',
        matchType: 'match-content',
        responseCode: 200,
        matchContent,
      } as const;
      const target = { address: '127.0.0.1', port, host: 'member' };
      const result = await checkHttp(target, check, 60_000, new AbortController().signal);
      assert.deepEqual(result, { type: 'failed', reason: 'its content does not match' }, matchContent);
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('no format of a packet rule takes for ever', () => {
  const { start } = runRules("print(pcall(string.format, '%' .. string.rep('0', 1000000)))", []);
  assert.match(start.join('\n'), /^false bad argument #2/m);
});
