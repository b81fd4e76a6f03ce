import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandTables, globalTables } from '../../src/scripting/commands/install.ts';

const commands = join(import.meta.dirname, '..', '..', 'src', 'scripting', 'commands');

/** What the modules of a folder export. */
async function exportsIn(folder: string): Promise<readonly unknown[]> {
  const files = readdirSync(join(commands, folder));
  const modules: readonly object[] = await Promise.all(
    files.map((file) => import(join(commands, folder, file))),
  );
  return modules.flatMap((module) => Object.values(module));
}

/** Workers import the modules by name, as reading the folder would cost them time. */
test('every table of commands is installed', async () => {
  assert.deepEqual(new Set(await exportsIn('tables')), new Set(Object.values(commandTables)));
});

test('every table of global functions is installed', async () => {
  const exported = await exportsIn('globals');
  const wanted = exported.map((value) => (typeof value === 'function' ? value() : value));
  const named = (tables: readonly object[]) => tables.flatMap((table) => Object.keys(table)).sort();
  assert.deepEqual(named(globalTables()), named(wanted));
});
