import { posix } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { GatheredBytes } from '../../gathered-bytes.ts';
import type { ChannelOutput } from '../channel-output.ts';
import { type ConfigurationFile, fileAt, fileName } from './configuration-file.ts';
import {
  attributeBytes,
  type FileAttributes,
  integerBytes,
  Packet,
  type PacketReader,
  PacketStream,
  packetOf,
  Status,
  type StatusCode,
  stringBytes,
} from './packets.ts';

/** What is open: a file that is read, one that is written, or the folder. */
type Handle =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'write'; readonly written: GatheredBytes }
  | { readonly kind: 'folder'; isListed: boolean };

const WRITE = 2;
const mostHandles = 16;
const version = 3;

const texts: Readonly<Record<StatusCode, string>> = {
  [Status.OK]: 'done',
  [Status.EOF]: 'the end of the file',
  [Status.NO_SUCH_FILE]: 'no such file',
  [Status.PERMISSION_DENIED]: 'permission denied',
  [Status.FAILURE]: 'it was not done',
  [Status.UNSUPPORTED]: 'there is no such thing here',
};

/** Serves the configuration as the one file of a folder. One request after the other; nothing of the disk is touched. */
export class SftpServer {
  readonly #file: ConfigurationFile;
  readonly #output: ChannelOutput;
  readonly #handles = new Map<string, Handle>();
  #last = 0;

  constructor(file: ConfigurationFile, output: ChannelOutput) {
    this.#file = file;
    this.#output = output;
  }

  /** Resolves when the client has nothing more to ask, or rejects where it does not speak SFTP. */
  serve({ stdin }: ServerChannel): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const packets = new PacketStream();
    let working = Promise.resolve();
    stdin.on('data', (chunk: Buffer) => {
      stdin.pause();
      working = working
        .then(async () => {
          for (const packet of packets.read(chunk)) {
            await this.#answer(packet);
            await this.#output.drained();
          }
          stdin.resume();
        })
        .catch(reject);
    });
    stdin.on('end', () => void working.then(resolve));
    return promise;
  }

  async #answer(packet: PacketReader): Promise<void> {
    if (packet.type === Packet.INIT) {
      this.#output.write('output', packetOf(Packet.VERSION, integerBytes(version)));
      return;
    }
    const id = packet.integer();
    switch (packet.type) {
      case Packet.REALPATH: {
        const path = posix.resolve('/', packet.text());
        this.#send(Packet.NAME, id, this.#names([[path, { size: undefined }]]));
        return;
      }
      case Packet.STAT:
      case Packet.LSTAT:
        await this.#describe(id, packet.text());
        return;
      case Packet.FSTAT:
        this.#describeOpen(id, packet.text());
        return;
      case Packet.OPEN:
        await this.#open(id, packet.text(), packet.integer());
        return;
      case Packet.READ:
        this.#read(id, packet.text(), packet.long(), packet.integer());
        return;
      case Packet.WRITE:
        this.#write(id, packet.text(), packet.long(), packet.bytes());
        return;
      case Packet.CLOSE:
        await this.#close(id, packet.text());
        return;
      case Packet.OPENDIR:
        if (fileAt(packet.text()) === 'folder') this.#handOut(id, { kind: 'folder', isListed: false });
        else this.#status(id, Status.NO_SUCH_FILE);
        return;
      case Packet.READDIR:
        await this.#list(id, packet.text());
        return;
      // Times and permissions, which clients set beside what they write.
      case Packet.SETSTAT:
      case Packet.FSETSTAT:
        this.#status(id, Status.OK);
        return;
      default:
        this.#status(id, Status.UNSUPPORTED);
    }
  }

  async #describe(id: number, path: string): Promise<void> {
    const file = fileAt(path);
    if (file === undefined) {
      this.#status(id, Status.NO_SUCH_FILE);
      return;
    }
    const bytes = file === 'folder' ? undefined : await this.#file.read();
    if (file === 'folder' || bytes !== undefined)
      this.#send(Packet.ATTRS, id, attributeBytes({ size: bytes?.length }));
    else this.#status(id, Status.PERMISSION_DENIED);
  }

  #describeOpen(id: number, name: string): void {
    const handle = this.#handles.get(name);
    if (handle === undefined) this.#status(id, Status.FAILURE);
    else this.#send(Packet.ATTRS, id, attributeBytes({ size: sizeOf(handle) }));
  }

  async #open(id: number, path: string, flags: number): Promise<void> {
    const isWritten = (flags & WRITE) !== 0;
    if (fileAt(path) !== 'configuration') {
      this.#file.refuseOther();
      this.#status(id, isWritten ? Status.PERMISSION_DENIED : Status.NO_SUCH_FILE);
    } else if (isWritten) {
      if (await this.#file.mayBeWritten()) this.#handOut(id, { kind: 'write', written: new GatheredBytes() });
      else this.#status(id, Status.PERMISSION_DENIED);
    } else {
      const bytes = await this.#file.read();
      if (bytes === undefined) this.#status(id, Status.PERMISSION_DENIED);
      else if (!this.#file.hold(this.#held + bytes.length)) this.#status(id, Status.FAILURE);
      else this.#handOut(id, { kind: 'read', bytes });
    }
  }

  #read(id: number, name: string, offset: number, length: number): void {
    const handle = this.#handles.get(name);
    if (handle?.kind !== 'read') this.#status(id, Status.FAILURE);
    else if (offset >= handle.bytes.length) this.#status(id, Status.EOF);
    else {
      const end = offset + Math.min(length, mostRead);
      this.#send(Packet.DATA, id, stringBytes(handle.bytes.subarray(offset, end)));
    }
  }

  #write(id: number, name: string, offset: number, bytes: Buffer): void {
    const handle = this.#handles.get(name);
    const isNext = handle?.kind === 'write' && offset === handle.written.length;
    if (!isNext || !this.#file.hold(this.#held + bytes.length)) {
      this.#handles.delete(name);
      this.#status(id, Status.FAILURE);
      return;
    }
    handle.written.add(bytes);
    this.#status(id, Status.OK);
  }

  /** What was written is there when its file is closed. */
  async #close(id: number, name: string): Promise<void> {
    const handle = this.#handles.get(name);
    this.#handles.delete(name);
    const isDone =
      handle !== undefined &&
      (handle.kind !== 'write' || (await this.#file.write(handle.written.bytes, this.#output.drained)));
    this.#status(id, isDone ? Status.OK : Status.FAILURE);
    this.#file.hold(this.#held);
  }

  /** Bytes of all that is open. */
  get #held(): number {
    return this.#handles.values().reduce((sum, handle) => sum + (sizeOf(handle) ?? 0), 0);
  }

  async #list(id: number, name: string): Promise<void> {
    const handle = this.#handles.get(name);
    if (handle?.kind !== 'folder') {
      this.#status(id, Status.FAILURE);
      return;
    }
    if (handle.isListed) {
      this.#status(id, Status.EOF);
      return;
    }
    handle.isListed = true;
    const size = (await this.#file.read())?.length ?? 0;
    this.#send(Packet.NAME, id, this.#names([[fileName, { size }]]));
  }

  #names(files: readonly (readonly [string, FileAttributes])[]): Buffer {
    const entries = files.flatMap(([name, attributes]) => [
      stringBytes(name),
      stringBytes(`-rw-------    1 levee    levee    ${attributes.size ?? 0} ${name}`),
      attributeBytes(attributes),
    ]);
    return Buffer.concat([integerBytes(files.length), ...entries]);
  }

  #handOut(id: number, handle: Handle): void {
    if (this.#handles.size >= mostHandles) {
      this.#status(id, Status.FAILURE);
      return;
    }
    this.#last += 1;
    this.#handles.set(String(this.#last), handle);
    this.#send(Packet.HANDLE, id, stringBytes(String(this.#last)));
  }

  #status(id: number, code: StatusCode): void {
    this.#send(
      Packet.STATUS,
      id,
      Buffer.concat([integerBytes(code), stringBytes(texts[code]), stringBytes('en')]),
    );
  }

  #send(type: number, id: number, body: Uint8Array): void {
    this.#output.write('output', packetOf(type, integerBytes(id), body));
  }
}

/** Bytes of one answer. */
const mostRead = 64 * 1024;

function sizeOf(handle: Handle): number | undefined {
  if (handle.kind === 'folder') return undefined;
  return handle.kind === 'read' ? handle.bytes.length : handle.written.length;
}
