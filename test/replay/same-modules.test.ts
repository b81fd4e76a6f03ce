import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf, read, typeScriptFiles } from '../house/source.ts';

/** Modules that a folder's files import at run time. */
function importedBy(folder: string): ReadonlySet<string> {
  return new Set(
    typeScriptFiles(folder).flatMap((path) =>
      importsOf(read(path))
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => posix.join(posix.dirname(path), specifier)),
    ),
  );
}

const replay = importedBy('src/replay');
const enforcer = new Set([...importedBy('src/enforcer'), ...importedBy('src/supervisor')]);

test('a replay decides by the modules that the enforcer runs', () => {
  for (const name of [
    'judge/gate',
    'judge/limit',
    'upkeep/episodes',
    'table/table',
    'table/ledger',
    'judge/verdict',
  ]) {
    const module = `src/verdict/${name}.ts`;
    assert.ok(replay.has(module), `src/replay imports ${module}`);
    assert.ok(enforcer.has(module), `the enforcer imports ${module}`);
  }
});

/** They decide nothing: what tells sources apart, and the highest of many numbers. */
const reporting = ['table/key', 'upkeep/threshold-advice', 'upkeep/top'].map(
  (name) => `src/verdict/${name}.ts`,
);

test('and by nothing else: it has no decision of its own, and no other way to the decision core', () => {
  const core = [...replay].filter((module) => module.startsWith('src/verdict/'));
  const alone = core.filter((module) => !enforcer.has(module));
  assert.deepEqual(
    alone.toSorted(),
    reporting.filter((module) => !enforcer.has(module)),
  );
  assert.ok(!replay.has('src/verdict/judge/decision.ts'), 'only the gate asks for a decision');
  for (const path of typeScriptFiles('src/replay')) {
    assert.doesNotMatch(read(path), /[<>]=?\s*(?:\w+\.)*threshold|(?:\w+\.)*threshold\s*[<>]/, path);
  }
});
