import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from '../network/ports.ts';
import { until } from './condition.ts';
import { temporaryFolder } from './folder.ts';

/** The servers that this machine has, of those that a cluster can have as its store. */
export const storePrograms = ['redis-server', 'valkey-server'].filter(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** For the options of a test that needs a Redis: why it is skipped, if this machine has none. */
export const withRedis = {
  skip: storePrograms.length > 0 ? false : 'there is neither redis-server nor valkey-server here',
};

/** A real Redis or Valkey, that keeps nothing over its end. */
export class Redis {
  readonly port: number;
  readonly #program: string;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(program: string, port: number, folder: string, options: readonly string[]) {
    this.#program = program;
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  static start(context: TestContext, ...options: readonly string[]): Promise<Redis> {
    return Redis.of(context, storePrograms[0] ?? '', options);
  }

  /** `program`: one of `storePrograms`. */
  static async of(context: TestContext, program: string, options: readonly string[]): Promise<Redis> {
    const redis = new Redis(program, await freePort(), temporaryFolder(context), options);
    context.after(() => redis.kill('SIGKILL'));
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const words = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    this.#child = spawn(this.#program, [...words, ...this.#options], { stdio: 'ignore' });
    await until('redis listens', () => answers(this.port));
  }

  /** What redis-cli prints. */
  ask(...words: readonly string[]): string {
    const program = this.#program.replace('-server', '-cli');
    return execFileSync(program, ['-p', String(this.port), ...words], { encoding: 'utf8' });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('error', () => resolve(false));
  socket.on('data', () => resolve(true));
  socket.write('PING\r\n');
  const result = await promise;
  socket.destroy();
  return result;
}
