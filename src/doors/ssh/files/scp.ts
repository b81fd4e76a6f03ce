import { posix } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { GatheredBytes } from '../../gathered-bytes.ts';
import type { ChannelOutput } from '../channel-output.ts';
import { type ConfigurationFile, fileAt } from './configuration-file.ts';

/** What a client of scp has a server run. */
export type ScpCommand = { readonly does: 'send' | 'take'; readonly path: string };

/** The command of an scp before OpenSSH 9, or of `scp -O`; undefined: it is another one. */
export function scpCommand(text: string): ScpCommand | undefined {
  const [, options, path] = /^scp((?: -[a-z]+)+)(?: --)? ('?[^' ]*'?)$/.exec(text) ?? [];
  if (options === undefined || path === undefined) return undefined;
  const isSent = /-[a-z]*f/.test(options);
  if (isSent === /-[a-z]*t/.test(options)) return undefined;
  return { does: isSent ? 'send' : 'take', path: path.replaceAll("'", '') };
}

/** Serves one transfer. Resolves to the exit status. */
export async function serveScp(
  { does, path }: ScpCommand,
  file: ConfigurationFile,
  channel: ServerChannel,
  output: ChannelOutput,
): Promise<number> {
  const input = new ScpInput(channel);
  const isOurs = fileAt(path) === 'configuration' || (does === 'take' && fileAt(path) === 'folder');
  if (!isOurs) {
    file.refuseOther();
    return await failed(output);
  }
  return does === 'send' ? await send(file, path, input, output) : await take(file, path, input, output);
}

async function send(
  file: ConfigurationFile,
  path: string,
  input: ScpInput,
  output: ChannelOutput,
): Promise<number> {
  const bytes = await file.read();
  if (bytes === undefined) return await failed(output);
  if ((await input.bytes(1)) === undefined) return 1;
  output.write('output', `C0600 ${bytes.length} ${posix.basename(path)}\n`);
  if ((await input.bytes(1)) === undefined) return 1;
  output.write('output', bytes);
  output.write('output', done);
  await output.drained();
  return (await input.bytes(1)) === undefined ? 1 : 0;
}

async function take(
  file: ConfigurationFile,
  path: string,
  input: ScpInput,
  output: ChannelOutput,
): Promise<number> {
  if (!(await file.mayBeWritten())) return await failed(output);
  output.write('output', done);
  for (let line = await input.line(); line !== undefined; line = await input.line()) {
    const [, size, name = ''] = /^C\d{4} (\d{1,10}) (.*)$/.exec(line) ?? [];
    if (/^T\d+ \d+ \d+ \d+$/.test(line)) {
      output.write('output', done);
      continue;
    }
    // The name of what is sent counts where it goes into the folder.
    if (
      size === undefined ||
      fileAt(posix.join(path, fileAt(path) === 'folder' ? name : '')) !== 'configuration'
    ) {
      file.refuseOther();
      return await failed(output);
    }
    if (!file.hold(Number(size))) return await failed(output);
    output.write('output', done);
    const bytes = await input.bytes(Number(size) + 1);
    if (bytes === undefined) return 1;
    if (!(await file.write(bytes.subarray(0, -1), output.drained))) return await failed(output);
    file.hold(0);
    output.write('output', done);
  }
  await output.drained();
  return 0;
}

const done = Uint8Array.of(0);

/** That it went wrong; why, the person has read. */
async function failed(output: ChannelOutput): Promise<number> {
  output.write('output', '\x01levee: nothing was done\n');
  await output.drained();
  return 1;
}

/** What the client sends, as much as is wanted at a time: what is not waits with the client. */
class ScpInput {
  readonly #stdin: ServerChannel['stdin'];
  readonly #held = new GatheredBytes();
  #hasEnded = false;
  #wake = (): void => undefined;

  constructor({ stdin }: ServerChannel) {
    this.#stdin = stdin;
    stdin.on('data', (chunk: Buffer) => {
      this.#held.add(chunk);
      stdin.pause();
      this.#wake();
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    stdin.on('end', end);
    stdin.on('close', end);
  }

  /** So many bytes; undefined: it ends before. */
  async bytes(length: number): Promise<Buffer | undefined> {
    while (this.#held.length < length) if (!(await this.#more())) return undefined;
    return this.#held.take(length);
  }

  /** Up to a newline. Undefined: it ends before, or what comes is no line. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#held.bytes.indexOf(10);
      if (at >= 0) return (await this.bytes(at + 1))?.subarray(0, -1).toString('utf8');
      if (this.#held.length > longestLine || !(await this.#more())) return undefined;
    }
  }

  /** Waits for more. False: there will be none. */
  async #more(): Promise<boolean> {
    if (this.#hasEnded) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#stdin.resume();
    await promise;
    return true;
  }
}

const longestLine = 8192;
