import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/**
 * Runs a program of the tests in a network namespace of its own, where only loopback is up, and gives what it printed.
 * Where none can be made the test is skipped with the reason, and the answer is undefined.
 *
 * @param setUp commands that are run in the namespace before, as words between blanks
 * @param program the absolute path of a file that prints one JSON value, and nothing on standard error
 */
export function inNamespace(context: TestContext, setUp: readonly string[], program: string): unknown {
  const name = `levee-test-${process.pid}`;
  const reason = process.platform === 'linux' ? failureOf(['ip', 'netns', 'add', name]) : 'this is no Linux';
  if (reason !== null) {
    context.skip(`a network namespace can not be made here: ${reason}`);
    return undefined;
  }
  const inside = ['ip', 'netns', 'exec', name];
  try {
    for (const command of ['ip link set lo up', ...setUp]) {
      const failure = failureOf([...inside, ...command.split(' ')]);
      if (failure === null) continue;
      context.skip(`the network namespace can not be set up: ${command}: ${failure}`);
      return undefined;
    }
    const [command = '', ...words] = [...inside, process.execPath, program];
    const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    return JSON.parse(stdout);
  } finally {
    failureOf(['ip', 'netns', 'delete', name]);
  }
}

/** Why a command does not work here; null where it did. */
function failureOf([command = '', ...words]: readonly string[]): string | null {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.trim() || `exit status ${status}`;
}
