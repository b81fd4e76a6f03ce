// Packets of SFTP, version 3 (draft-ietf-secsh-filexfer-02).

/** Types of packets. */
export const Packet = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REALPATH: 16,
  STAT: 17,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
} as const;

/** Codes of a status. */
export const Status = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  UNSUPPORTED: 8,
} as const;

export type StatusCode = (typeof Status)[keyof typeof Status];

/** As OpenSSH has it. */
export const longestPacket = 256 * 1024;

/** What one packet holds, read in its order. Reading beyond its end throws a RangeError. */
export class PacketReader {
  readonly type: number;
  readonly #body: Buffer;
  #at = 1;

  constructor(packet: Buffer) {
    this.type = packet.readUInt8(0);
    this.#body = packet;
  }

  integer(): number {
    const value = this.#body.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** Offsets in files; they are smaller than 2^53. */
  long(): number {
    const value = this.#body.readBigUInt64BE(this.#at);
    this.#at += 8;
    return Number(value);
  }

  bytes(): Buffer {
    const length = this.integer();
    const end = this.#at + length;
    if (end > this.#body.length) throw new RangeError('a packet ends within a string');
    const value = this.#body.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return this.bytes().toString('utf8');
  }
}

/** Cuts what comes into packets. Throws a RangeError where one is too long. */
export class PacketStream {
  #held = Buffer.alloc(0);

  *read(chunk: Uint8Array): Generator<PacketReader> {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= 4) {
      const length = this.#held.readUInt32BE(0);
      if (length < 1 || length > longestPacket) throw new RangeError(`a packet of ${length} bytes`);
      if (this.#held.length < 4 + length) return;
      const packet = this.#held.subarray(4, 4 + length);
      this.#held = this.#held.subarray(4 + length);
      yield new PacketReader(packet);
    }
  }
}

export function integerBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function stringBytes(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([integerBytes(bytes.length), bytes]);
}

/** A packet with its length before it. */
export function packetOf(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Uint8Array.of(type), ...parts]);
  return Buffer.concat([integerBytes(body.length), body]);
}

/** What a file is. `size` undefined: it is a folder. */
export type FileAttributes = { readonly size: number | undefined };

const SIZE = 1;
const PERMISSIONS = 4;
const FOLDER = 0o040_700;
const FILE = 0o100_600;

export function attributeBytes({ size }: FileAttributes): Buffer {
  if (size === undefined) return Buffer.concat([integerBytes(PERMISSIONS), integerBytes(FOLDER)]);
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([integerBytes(SIZE | PERMISSIONS), long, integerBytes(FILE)]);
}
