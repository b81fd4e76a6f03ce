import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { type Ended, LeveeProcess, newState, type State } from '../running/levee.ts';

const root = join(import.meta.dirname, '..', '..');
const runtime = join(root, 'bin', 'runtime');
const main = join(root, 'src', 'commands', 'main.ts');

const driver = join(import.meta.dirname, 'loaded-late.driver.ts');

function run(state: State, command: string): Promise<Ended> {
  return new LeveeProcess([runtime, '--import', driver, main, '--state', state.path, '-c', command]).ended;
}

suite('what takes long to load', { concurrency: 2 }, () => {
  test('is loaded with the first text that it reads, be it a verb, a value or a script, and not before', async (context) => {
    const state = newState(context);
    const script = join(dirname(state.path), 'script.lua');
    writeFileSync(script, '-- nothing\n');
    const load = await run(state, `execute scripting load a ${script}`);
    assert.match(load.stderr, /loaded .*scripting.script.check\.ts/);
    assert.match(load.stderr, /loaded .*zod/);
    const show = await run(state, 'show');
    assert.match(show.stdout, /set script "-- nothing/);
    assert.match(show.stderr, /loaded .*sqlite/);
    assert.match(show.stderr, /loaded .*verbs.show\.ts/);
    assert.doesNotMatch(show.stderr, /src.scripting.|wasmoon|zod|verbs.(?!show)/);
  });

  test('is loaded by the owner where it is the configuration, and not by its clients', async (context) => {
    const state = newState(context);
    await state.daemonHere();
    const { stdout, stderr } = await run(state, 'show system global');
    assert.match(stdout, /^config system global\n/);
    assert.equal(stderr, '');
  });
});
