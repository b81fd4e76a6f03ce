import { posix } from 'node:path';
import { personText } from '../../../cli/printing/person-text.ts';
import type { Drained, Emit, Session } from '../../../cli/session/session.ts';
import {
  mayChangeAnything,
  restoreConfiguration,
  wholeConfiguration,
} from '../../../cli/session/whole-configuration.ts';
import type { Share } from '../../../system/shares.ts';
import { harmless } from '../../../text/harmless.ts';

/** The file that there is, and what FortiOS calls it. */
export const fileName = 'config';
const names: ReadonlySet<string> = new Set([fileName, 'sys_config']);

/** Which file a path means; undefined: none that there is. */
export function fileAt(path: string): 'folder' | 'configuration' | undefined {
  const name = posix.resolve('/', path).slice(1);
  if (name === '') return 'folder';
  return names.has(name) ? 'configuration' : undefined;
}

/** The configuration as a file that can be read, and be written as a whole, for whoever works in a session. */
export class ConfigurationFile {
  readonly #session: Session;
  readonly #received: Share;
  readonly #remark: (text: string) => void;

  /** `remark` takes lines for the person, which no protocol of files has room for. */
  constructor(session: Session, received: Share, remark: (text: string) => void) {
    this.#session = session;
    this.#received = received;
    this.#remark = remark;
  }

  /** Undefined: they may not have all of it, and were told. */
  async read(): Promise<Buffer | undefined> {
    const read = await wholeConfiguration(this.#session);
    if ('text' in read) return Buffer.from(read.text);
    this.#remark(`${read.reason}\n`);
    return undefined;
  }

  /** Whether they may change anything at all. Where not, they were told. */
  async mayBeWritten(): Promise<boolean> {
    const may = await mayChangeAnything(this.#session);
    if (!may) this.#remark('your access profile lets you change nothing\n');
    return may;
  }

  /** Bytes that are kept of what is read and written. False: there is no room for so many. */
  hold(length: number): boolean {
    const isTooLong = this.#received.hold(length) !== undefined;
    if (isTooLong) this.#remark('this is more text than there is room for\n');
    return !isTooLong;
  }

  /** Makes the text the configuration. False: nothing has changed, and they were told why. */
  async write(bytes: Uint8Array, drained?: Drained): Promise<boolean> {
    const emit: Emit = (part) => {
      if (part.kind === 'notice' || part.kind === 'problem') this.#remark(harmless(personText(part)));
    };
    return await restoreConfiguration(this.#session, { name: fileName, bytes }, emit, drained);
  }

  refuseOther(): void {
    this.#remark(
      `the only file here is "${fileName}": what is read is a backup, what is written is restored\n`,
    );
  }
}
