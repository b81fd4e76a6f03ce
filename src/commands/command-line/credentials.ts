import { readFileSync } from 'node:fs';
import type { Credentials } from '../../system/login.ts';
import { reasonOf } from '../../text/reason.ts';
import type { Options } from './options.ts';

/** The user that the command line names. The password comes from a file or the environment: others can see a command line. */
export function readCredentials(
  { user, passwordFile }: Options,
  environment: NodeJS.ProcessEnv,
): Credentials {
  const { LEVEE_PASSWORD: fromEnvironment } = environment;
  const password = passwordFile === undefined ? fromEnvironment : firstLineOf(passwordFile);
  return { name: user ?? null, password: password ?? null, newPassword: null };
}

function firstLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new Error(`can't read '${file}': ${reasonOf(error)}`);
  }
}
