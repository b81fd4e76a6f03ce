import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

export const root = join(import.meta.dirname, '..', '..');

/** A directory of the test's own, with a space in its path, gone after the test. */
export function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'levee test '));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Says who it is on standard output, as JSON, and then does what its first word asks for. */
const standIn = `
import { readFileSync } from 'node:fs';
const parent = process.ppid;
const [what, status] = process.argv.slice(2);
if (what === 'wait' || process.env['STAND_IN_WAITS']) {
  process.on('SIGTERM', () => {
    console.log('terminated');
    process.exit(0);
  });
  setInterval(() => {
    if (process.ppid === parent) return;
    console.log('orphaned');
    process.exit(0);
  }, 20);
}
const facts = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
const processors = /Cpus_allowed_list:\\s*(.*)/.exec(facts)?.[1] ?? '';
const { pid, version } = process;
console.log(JSON.stringify({ pid, parent, version, words: process.argv.slice(2), processors }));
if (what === 'exit') process.exitCode = Number(status);
`;

export type StandIn = {
  readonly pid: number;
  readonly parent: number;
  readonly version: string;
  readonly words: readonly string[];
  /** Those that it may run on, as Linux lists them; empty elsewhere. */
  readonly processors: string;
};

/** Puts a program that says who it is in the place of Levee's own. */
export function putStandIn(tree: string): void {
  mkdirSync(join(tree, 'src', 'commands'), { recursive: true });
  writeFileSync(join(tree, 'src', 'commands', 'main.ts'), standIn);
}

/** A tree with the launcher of the project and a stand-in for its program; with its packages, if asked for. */
export function launcherTree(t: TestContext, packages: 'installed' | 'absent' | 'without runtime'): string {
  const tree = join(scratch(t), 'a clone');
  for (const name of ['bin', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(tree, name), { recursive: true });
  }
  putStandIn(tree);
  if (packages === 'installed') symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  if (packages === 'without runtime') {
    put(join(tree, 'node_modules', '.package-lock.json'), '{}');
  }
  return tree;
}

/** Writes an executable file and the folders above it. */
export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/** Set by an npm or a test runner around this test; what is started here must not take them for its own. */
const ofTheTestRun =
  /^(?:npm_(?:lifecycle_|package_|command$|execpath$|node_execpath$|config_(?:local_)?prefix$)|NODE_TEST_CONTEXT$|NODE_COMPILE_CACHE$|INIT_CWD$)/;

/** The environment of a user who has not run npm: the project's own Node is not on PATH. */
export function userEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !ofTheTestRun.test(name));
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), ...changes };
}

export type Outcome = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly over: Promise<Outcome>;
};

/** Starts a program; it is killed when the test ends before it does. */
export function start(
  t: TestContext,
  command: string,
  words: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): Running {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  t.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const over = once(child, 'close').then(() => ({
    status: child.exitCode,
    signal: child.signalCode,
    stdout,
    stderr,
  }));
  return { child, stdout: () => stdout, over };
}

export function run(
  t: TestContext,
  command: string,
  words: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): Promise<Outcome> {
  return start(t, command, words, options).over;
}

/** What the stand-in said of itself, once it has. */
export async function introduction({ child, stdout, over }: Running): Promise<StandIn> {
  while (!/^\{.*\}$/m.test(stdout())) {
    if (child.stdout === null || child.stdout.readableEnded) {
      throw new Error(`the stand-in did not start: ${JSON.stringify(await over)}`);
    }
    await Promise.race([once(child.stdout, 'data'), over]);
  }
  return introductionIn(stdout());
}

export function introductionIn(stdout: string): StandIn {
  return JSON.parse(/^\{.*\}$/m.exec(stdout)?.[0] ?? 'null');
}
