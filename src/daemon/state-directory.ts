import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../text/reason.ts';

/** The files of one Levee. */
export type StateDirectory = {
  readonly path: string;
  readonly database: string;
  readonly lock: string;
  readonly socket: string;
  readonly log: string;
  /** The key of secrets that Levee can read back. */
  readonly secretKey: string;
};

/** `chosen`, else `$LEVEE_STATE_DIR`, else `$XDG_STATE_HOME/levee`, else `~/.local/state/levee`. It is made, for its owner alone. */
export function openStateDirectory(
  chosen: string | undefined,
  environment: NodeJS.ProcessEnv,
): StateDirectory {
  const { LEVEE_STATE_DIR: named, XDG_STATE_HOME: shared } = environment;
  const path = resolve(chosen ?? (named || join(shared || join(homedir(), '.local', 'state'), 'levee')));
  const log = join(path, 'log');
  if (chosen === '') throw new Error('the name of the state directory is empty');
  refuseStrange(path);
  makeDirectory(log);
  chmodSync(path, 0o700);
  return {
    path,
    database: join(path, 'levee.db'),
    lock: join(path, 'levee.lock'),
    socket: join(path, 'levee.sock'),
    log,
    secretKey: join(path, 'secret.key'),
  };
}

/** What Levee itself puts there; a database with something beside it is Levee's all the same. */
const own = /^(?:levee\.\w+(?:-\w+)?|log|history.*|secret\.key)$/;

/** A folder with other things in it was named by mistake: closing it to everyone else could lock them out. */
function refuseStrange(path: string): void {
  const entries = existsSync(path) ? readdirSync(path) : [];
  if (entries.includes('levee.db') || entries.every((entry) => own.test(entry))) return;
  throw new Error(`${path} holds other things: name a folder of its own for the state of Levee`);
}

/** Node's own `recursive` never returns where the system answers ENOENT below a folder that exists, as /proc does. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it in between.
    const exists = codeOf(error) === 'EEXIST';
    if (!exists || !statSync(path).isDirectory()) throw error;
  }
}
