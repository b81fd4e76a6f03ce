import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { newState } from '../running/levee.ts';

/** Names each file of Lua's host that a process loads. */
const naming = `import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (/src.scripting.|wasmoon/.test(url)) process.stderr.write('loaded ' + url + '\\n');
    return next(url, context);
  },
});
`;

test('Lua is loaded with the first script that is checked, and not before', async (context) => {
  const state = newState(context);
  const folder = dirname(state.path);
  const hook = join(folder, 'hook.mjs');
  writeFileSync(hook, naming);
  const script = join(folder, 'script.lua');
  writeFileSync(script, '-- nothing\n');
  const before = process.env['NODE_OPTIONS'];
  context.after(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  });
  process.env['NODE_OPTIONS'] = `--import ${hook}`;
  const load = await state.run(['-c', `execute scripting load a ${script}`]);
  assert.match(load.stderr, /loaded .*scripting.script.check\.ts/);
  const show = await state.run(['-c', 'show']);
  assert.match(show.stdout, /set script "-- nothing/);
  assert.equal(show.stderr, '');
});
