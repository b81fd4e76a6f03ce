import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { stateMark } from '../../files/named-file.ts';
import { codeOf } from '../../text/reason.ts';
import { MissingState } from './missing-state.ts';

/** The files of one Levee. */
export type StateDirectory = {
  readonly path: string;
  readonly database: string;
  /** As the database was when it was last known to be good. */
  readonly databaseCopy: string;
  readonly lock: string;
  readonly socket: string;
  readonly log: string;
  /** The key of secrets that Levee can read back. */
  readonly secretKey: string;
  /** Is there while a table of nftables may be, and holds its name. */
  readonly kernelTable: string;
  /** One-time codes that were used in the last minutes. */
  readonly usedCodes: string;
  /** What the private keys of SSH begin with. */
  readonly sshHostKey: string;
  /** What the certificate of its own and the key of that begin with. */
  readonly httpCertificate: string;
};

/**
 * `chosen`, else `$LEVEE_STATE_DIR`, else `$XDG_STATE_HOME/levee`, else `~/.local/state/levee`. It is made, for its owner
 * alone, unless it is only to be read: then there must be one, since a name that was mistyped is to leave nothing behind.
 * Throws MissingState where there is none.
 */
export function openStateDirectory(
  chosen: string | undefined,
  environment: NodeJS.ProcessEnv,
  use: 'make' | 'read' = 'make',
): StateDirectory {
  const { LEVEE_STATE_DIR: named, XDG_STATE_HOME: shared } = environment;
  const path = resolve(chosen ?? (named || join(shared || join(homedir(), '.local', 'state'), 'levee')));
  if (chosen === '') throw new Error('the name of the state directory is empty');
  const state: StateDirectory = {
    path,
    database: join(path, 'levee.db'),
    databaseCopy: join(path, 'levee.db-good'),
    lock: join(path, stateMark),
    socket: join(path, 'levee.sock'),
    log: join(path, 'log'),
    secretKey: join(path, 'secret.key'),
    kernelTable: join(path, 'levee.nft'),
    usedCodes: join(path, 'levee.codes'),
    sshHostKey: join(path, 'ssh-host-'),
    httpCertificate: join(path, 'http-'),
  };
  refuseForeign(path);
  refuseStrange(path);
  // One that was lost is another matter, of which whoever opens it tells.
  if (use === 'read' && !existsSync(state.database) && traceOfLost(state) === undefined)
    throw new MissingState(path);
  makeDirectory(state.log);
  chmodSync(path, 0o700);
  return state;
}

/**
 * A directory of another user may hold links of theirs: Levee would read and write with its rights where these lead. So may
 * one of its own that others could write to.
 */
function refuseForeign(path: string): void {
  const user = process.geteuid?.();
  if (user === undefined || !existsSync(path)) return;
  const { uid } = statSync(path);
  if (uid !== user)
    throw new Error(`${path} belongs to user ${uid}, and this is user ${user}: run Levee as its owner`);
  const log = join(path, 'log');
  const within = [path, ...(existsSync(log) ? [log] : [])].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  // What rotates is gone by now.
  const foreign = within.find((file) => (lstatSync(file, { throwIfNoEntry: false })?.uid ?? user) !== user);
  if (foreign !== undefined)
    throw new Error(`${foreign} belongs to another user than ${path}: remove it, or give it to its owner`);
}

/** What Levee itself puts there; a database with something beside it is Levee's all the same. */
const own = /^(?:levee\.\w+(?:-\w+)*|log|history.*|secret\.key|ssh-host-.*|http-.*)$/;

/** A folder with other things in it was named by mistake: closing it to everyone else could lock them out. */
function refuseStrange(path: string): void {
  const entries = existsSync(path) ? readdirSync(path) : [];
  if (entries.includes('levee.db') || entries.every((entry) => own.test(entry))) return;
  throw new Error(`${path} holds other things: name a folder of its own for the state of Levee`);
}

/**
 * A file that tells of a configuration, where none is stored; undefined: nothing does, or one is. To begin with an empty
 * one would let anybody in, and lose what there was.
 */
export function traceOfLost({
  path,
  database,
  databaseCopy,
  secretKey,
  log,
}: StateDirectory): string | undefined {
  if ((statSync(database, { throwIfNoEntry: false })?.size ?? 0) > 0) return undefined;
  const histories = namesIn(path)
    .filter((name) => name.startsWith('history'))
    .map((name) => join(path, name));
  const logs = namesIn(log).map((name) => join(log, name));
  return [databaseCopy, secretKey, ...histories, ...logs].find((file) => existsSync(file));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
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
