import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** What a reader of a page copies into a shell, in its order. */
export function stepsOf(page: string): readonly string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, step = '']) => step);
}

/** Makes programs of one line of shell each, by name, in a folder. */
export function writePrograms(folder: string, lines: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, line] of Object.entries(lines)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
}

/** What a shell says that all of `script` is pasted into, in the home of somebody; none of it may fail. */
export async function pasted(script: string, home: string, path = process.env['PATH']): Promise<string> {
  const child = spawn('sh', ['-eu', '-c', script], { cwd: home, env: { PATH: path, HOME: home } });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  assert.equal(await promise, 0, told);
  return told;
}
