import { spawnSync } from 'node:child_process';

const isThere = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;

/** For tests that ask the program of Prometheus that checks what is meant for it. */
export const withPromtool = { skip: isThere ? false : 'promtool is not installed' };

/** What it finds wrong with a text, its exit status before it; null: nothing. */
export function promtool(words: readonly string[], input = ''): string | null {
  const { status, stdout, stderr } = spawnSync('promtool', words, { input, encoding: 'utf8' });
  return status === 0 && stderr === '' ? null : `${status}\n${stdout}${stderr}`;
}
