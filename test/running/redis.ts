import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from '../network/ports.ts';
import { until } from './condition.ts';
import { temporaryFolder } from './folder.ts';

/** For the options of a test that needs a Redis: why it is skipped, if this machine has none. */
export const withRedis = {
  skip: spawnSync('redis-server', ['--version']).status === 0 ? false : 'there is no redis-server here',
};

/** A real Redis, that keeps nothing over its end. */
export class Redis {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  static async start(context: TestContext, ...options: readonly string[]): Promise<Redis> {
    const redis = new Redis(await freePort(), temporaryFolder(context), options);
    context.after(() => redis.kill('SIGKILL'));
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const words = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    this.#child = spawn('redis-server', [...words, ...this.#options], { stdio: 'ignore' });
    await until('redis listens', () => answers(this.port));
  }

  /** What redis-cli prints. */
  ask(...words: readonly string[]): string {
    return execFileSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8' });
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
