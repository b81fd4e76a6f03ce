import { type Credentials, noCredentials } from '../../system/login.ts';
import { reasonOf } from '../../text/reason.ts';
import { readFileToEnd } from '../io/read-to-end.ts';
import type { Options } from './options.ts';

/** In bytes; of a file that is longer the rest is nobody's password. */
const longestPasswordFile = 64 * 1024;

/** The user that the command line names. The password comes from a file or the environment: others can see a command line. */
export function readCredentials(
  { user, passwordFile }: Options,
  environment: NodeJS.ProcessEnv,
): Credentials {
  const { LEVEE_PASSWORD: fromEnvironment } = environment;
  const password = passwordFile === undefined ? fromEnvironment : firstLineOf(passwordFile);
  return { ...noCredentials, name: user ?? null, password: password ?? null };
}

function firstLineOf(file: string): string {
  try {
    const bytes = readFileToEnd(file, longestPasswordFile);
    return Buffer.from(bytes).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new Error(`can't read '${file}': ${reasonOf(error)}`);
  }
}
