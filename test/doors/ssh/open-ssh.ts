import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import ssh2 from 'ssh2';
import { canonicalPublicKey } from '../../../schemas/kinds/secrets/public-key.ts';
import { freePort } from '../../network/ports.ts';
import { newState, State } from '../../running/levee.ts';

/** Why nothing can be tried with OpenSSH's client here; false where it can. */
export const noOpenSsh = spawnSync('ssh', ['-V']).status === 0 ? false : "ssh, OpenSSH's client, is missing";

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

type Options = {
  /** What is answered to `Password: ` and `Code: `; absent: nobody is asked anything. */
  readonly password?: string;
  readonly code?: string;
  readonly input?: string;
  /** Further words before the host. */
  readonly words?: readonly string[];
};

/** Of clients, whatever stands in the configuration of whoever runs the test. */
const settings = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=ERROR'];

/** A running Levee with a door for SSH, and clients of OpenSSH. */
export class SshHost {
  readonly state: State;
  readonly port: number;
  readonly folder: string;
  /** Of `admin`. */
  readonly own: { readonly file: string; readonly public: string };
  readonly #askpass: string;

  constructor(state: State, port: number) {
    this.state = state;
    this.port = port;
    this.folder = join(state.path, '..', 'client');
    this.#askpass = join(this.folder, 'askpass');
    mkdirSync(this.folder);
    writeFileSync(this.#askpass, '#!/bin/sh\ncase $1 in *Code*) echo "$CODE";; *) echo "$PASSWORD";; esac\n');
    chmodSync(this.#askpass, 0o700);
    this.own = this.key('own');
  }

  /** A file that a client keeps. */
  file(name: string, content?: string): string {
    const path = join(this.folder, name);
    if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** Makes a key; `public` is what goes into the configuration. */
  key(name: string): { readonly file: string; readonly public: string } {
    // A key whose public half begins with a zero byte the library makes a byte too short.
    for (;;) {
      const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: name });
      if (canonicalPublicKey(pair.public) === undefined) continue;
      return { file: this.file(name, pair.private), public: pair.public };
    }
  }

  /** The words of a client of OpenSSH up to its host. `key`: a file; absent: none is offered. */
  words(key?: string): readonly string[] {
    const identity =
      key === undefined ? ['-o', 'PubkeyAuthentication=no'] : ['-i', key, '-o', 'IdentitiesOnly=yes'];
    return [...settings, '-o', `UserKnownHostsFile=${join(this.folder, 'known_hosts')}`, ...identity];
  }

  get environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.folder };
  }

  /** `ssh` with a command. `who`: a user; with `=`, and the file of a key. */
  ssh(
    user: string,
    command: readonly string[],
    { key, ...options }: Options & { readonly key?: string } = {},
  ): Promise<Ran> {
    const { words = [] } = options;
    const line = [...words, ...this.words(key), '-p', String(this.port), `${user}@127.0.0.1`, ...command];
    return this.run('ssh', line, options);
  }

  run(program: string, words: readonly string[], { password, code, input }: Options = {}): Promise<Ran> {
    const isAsked = password !== undefined || code !== undefined;
    const child = spawn(program, words, {
      cwd: this.folder,
      env: {
        ...this.environment,
        ...(isAsked && { SSH_ASKPASS: this.#askpass, SSH_ASKPASS_REQUIRE: 'force' }),
        PASSWORD: password,
        CODE: code,
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const { promise, resolve, reject } = Promise.withResolvers<Ran>();
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    return promise;
  }

  /** Runs commands of the console, on this machine. */
  async console(...commands: readonly string[]): Promise<string> {
    const ran = await this.state.here(commands.flatMap((command) => ['-c', command]));
    if (ran.status !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }
}

/** Levee, running, with a door, and a key of `admin`. */
export async function startHost(state: State): Promise<SshHost> {
  const host = new SshHost(state, await freePort());
  const door = [
    'config system access-door',
    'edit door',
    'set status enable',
    `set port ${host.port}`,
    'end',
  ];
  await host.console(...door, 'config system admin', 'edit admin', `set sshkey "${host.own.public}"`, 'end');
  await state.daemonHere();
  return host;
}

export function sshHost(context: TestContext): Promise<SshHost> {
  return startHost(newState(context));
}

/** The one of all tests of a suite: called in its body. */
export function hostOfSuite(): () => SshHost {
  const state = new State();
  let host: SshHost | undefined;
  before(async () => {
    host = await startHost(state);
  });
  after(() => state.end());
  return () => {
    if (host === undefined) throw new Error('it has not been started');
    return host;
  };
}
