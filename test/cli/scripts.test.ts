import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state-directory.ts';
import { parseScript, printScript, type Script, type Step } from './script.ts';

/**
 * Every .txt of this folder, run as a user would run it: each command is a process of its own. All of a script are
 * clients of one owner of the state directory, which runs no enforcer, unless its remarks say ALONE: then each command
 * is the owner itself, which takes three times as long and must print the same (test/commands/same-output.test.ts).
 * With UPDATE=1 the scripts are written anew from what was
 * printed: read the difference before you keep it.
 */
const update = process.env['UPDATE'] === '1';
const alone = 'Each command is alone.';
const bin = join(import.meta.dirname, '..', '..', 'bin');

suite('CLI scripts', { concurrency: 2 }, () => {
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
  try {
    for (const step of script.steps) {
      if (step.kind === 'file') {
        writeFileSync(join(folder, step.name), step.text);
        steps.push(step);
      } else {
        steps.push({ kind: 'command', command: step.command, ...(await runCommand(step.command, folder)) });
      }
    }
  } finally {
    await owner?.close();
    rmSync(folder, { recursive: true });
  }
  return { ...script, steps };
}

async function serve(path: string): Promise<Owner> {
  const owner = await Owner.open(openStateDirectory(path, {}), 'the test');
  if (!(owner instanceof Owner)) throw new Error(`${path} is in use`);
  await owner.serve();
  return owner;
}

async function runCommand(command: string, folder: string): Promise<{ printed: string; status: number }> {
  const child = spawn('sh', ['-c', `exec 2>&1; ${command}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      PATH: `${bin}:${process.env['PATH']}`,
      LEVEE_STATE_DIR: join(folder, 'state'),
      NO_COLOR: '1',
      TZ: 'UTC',
    },
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on('close', (code) => resolve(code ?? -1));
  const status = await promise;
  // A script can hold neither a CR nor a missing last newline; both are shown.
  const shown = printed.replaceAll('\r', '\\r');
  return { printed: shown === '' || shown.endsWith('\n') ? shown : `${shown}\\\n`, status };
}
