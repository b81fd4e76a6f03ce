import { readFileSync } from 'node:fs';
import type { Credentials } from '../../system/login.ts';
import { reasonOf } from '../../text/reason.ts';
import type { Options } from './options.ts';

/** Whom the command line names, with the password from a file or from the environment: a command line can be seen. */
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
