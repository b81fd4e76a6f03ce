import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { isWhole } from '../campaign.ts';
import { type Printed, runLine } from '../running/shell.ts';
import { expectedOrPrinted, parseScript, printScript, type Script, type Step } from './script.ts';

/**
 * Every .txt of this folder, run as a user would run it, in a folder of its own. All commands of a script are clients of
 * one owner of the state directory, which runs no enforcer. Where the remarks of a script say `alone` each command is
 * the owner itself, which must print the same (test/commands/same-output.test.ts). What `levee` does it does in this
 * process. In a whole campaign each command line that has something for a shell to do is one of sh(1), where `levee` is
 * a process; of those that only start `levee` every fifth is.
 * With UPDATE=1 the scripts are written anew from what was printed: read the difference before you keep it.
 */
const update = process.env['UPDATE'] === '1';

// Times are printed in the zone of whoever asks.
process.env['TZ'] = 'UTC';
const alone = 'Each command is alone.';
const bin = join(import.meta.dirname, '..', '..', 'bin');

/** A command line that says nothing to a shell beyond its words. */
const startsOnly = /^levee(?:[\w@%+=:,./ -]|'[^']*'|"[^"\\$`]*")*$/;

suite('CLI scripts', () => {
  for (const file of globSync(join(import.meta.dirname, '*.txt')).sort()) {
    test(basename(file, '.txt'), async () => {
      const text = readFileSync(file, 'utf8');
      const wanted = parseScript(text);
      const seen = await run(wanted);
      if (update) writeFileSync(file, printScript(seen));
      else assert.equal(printScript(seen), text);
    });
  }
});

async function run(script: Script): Promise<Script> {
  const folder = mkdtempSync(join(tmpdir(), 'levee-cli-'));
  const steps: Step[] = [];
  const owner = script.remarks.includes(alone) ? undefined : await serve(join(folder, 'state'));
  const environment = { LEVEE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' };
  const home = process.cwd();
  process.chdir(folder);
  try {
    for (const step of script.steps) {
      if (step.kind === 'file') {
        writeFileSync(step.name, step.text);
        steps.push(step);
      } else {
        const { command, printed: expected } = step;
        const asUser = isWhole && (!startsOnly.test(command) || steps.length % 5 === 0);
        const { printed, status } = await (asUser ? runCommand : runLine)(command, environment);
        const seen = expectedOrPrinted(expected, shown(printed.toString()));
        steps.push({ kind: 'command', command, printed: seen, status });
      }
    }
  } finally {
    process.chdir(home);
    await owner?.close();
    rmSync(folder, { recursive: true });
  }
  return { ...script, steps };
}

async function serve(path: string): Promise<Owner> {
  const owner = await Owner.open(openStateDirectory(path, {}), 'the test', () => undefined);
  if (!(owner instanceof Owner)) throw new Error(`${path} is in use`);
  await owner.serve();
  return owner;
}

/** A script can hold neither a CR nor a missing last newline; both are shown. */
function shown(printed: string): string {
  const visible = printed.replaceAll('\r', '\\r');
  return visible === '' || visible.endsWith('\n') ? visible : `${visible}\\\n`;
}

/** As a user runs it. */
async function runCommand(command: string, environment: NodeJS.ProcessEnv): Promise<Printed> {
  const child = spawn('sh', ['-c', `exec 2>&1; ${command}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment, PATH: `${bin}:${process.env['PATH']}` },
  });
  const closed = once(child, 'close');
  const [printed, [status]] = await Promise.all([buffer(child.stdout), closed]);
  return { printed, status };
}
