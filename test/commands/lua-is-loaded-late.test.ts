import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { newState } from '../running/levee.ts';

const root = join(import.meta.dirname, '..', '..');
const runtime = join(root, 'bin', 'runtime');
const main = join(root, 'src', 'commands', 'main.ts');

/** Names each file of Lua's host that a process loads. */
const naming = `import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (/src.scripting.|wasmoon/.test(url)) console.error('loaded ' + url);
    return next(url, context);
  },
});
`;

test('Lua is loaded with the first script that is checked, and not before', (context) => {
  const state = newState(context);
  const folder = dirname(state.path);
  const hook = join(folder, 'hook.mjs');
  writeFileSync(hook, naming);
  const script = join(folder, 'script.lua');
  writeFileSync(script, '-- nothing\n');
  const levee = (command: string): { readonly stdout: string; readonly stderr: string } =>
    spawnSync(runtime, ['--import', hook, main, '--state', state.path, '-c', command], { encoding: 'utf8' });
  const load = levee(`execute scripting load a ${script}`);
  assert.match(load.stderr, /loaded .*scripting.script.check\.ts/);
  const show = levee('show');
  assert.match(show.stdout, /set script "-- nothing/);
  assert.equal(show.stderr, '');
});
