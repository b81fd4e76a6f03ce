import { readFileSync } from 'node:fs';
import type { Credentials } from '../../cli/login.ts';
import type { Options } from './options.ts';

/** Whom the command line names, with the password from a file or from the environment: a command line can be seen. */
export function readCredentials(
  { user, passwordFile }: Options,
  environment: NodeJS.ProcessEnv,
): Credentials {
  const { LEVEE_PASSWORD: fromEnvironment } = environment;
  const password =
    passwordFile === undefined ? fromEnvironment : firstLine(readFileSync(passwordFile, 'utf8'));
  return { name: user ?? null, password: password ?? null, newPassword: null };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
