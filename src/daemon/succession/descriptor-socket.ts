import { getSystemErrorMessage } from 'node:util';
import koffi from 'koffi';

// Descriptors go from process to process in the control part of a message (unix(7), SCM_RIGHTS), on Linux.

const AF_UNIX = 1;
const SOCK_SEQPACKET = 5;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x40000000;
const MSG_CTRUNC = 0x8;

/** The most that the system takes in one message (SCM_MAX_FD). */
export const mostDescriptors = 253;

// struct msghdr, struct iovec and struct cmsghdr of 64 bits.
const MESSAGE_BYTES = 56;
const CONTROL_AT = 32;
const CONTROL_LENGTH_AT = 40;
const FLAGS_AT = 48;
const CONTROL_HEADER_BYTES = 16;

const library = koffi.load(null);
const socketpairCall = library.func('int socketpair(int, int, int, _Out_ int32_t *)');
const sendmsgCall = library.func('intptr_t sendmsg(int, const uint8_t *, int)');
const recvmsgCall = library.func('intptr_t recvmsg(int, _Inout_ uint8_t *, int)');
const readMemory = library.func('void *memcpy(_Out_ uint8_t *, uintptr_t, size_t)');

/** Two ends of a connection within this process, as descriptors, which no child inherits. Throws Error. */
export function socketPair(): readonly [number, number] {
  const pair = new Int32Array(2);
  if (socketpairCall(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) !== 0) throw failure('socketpair');
  return [pair[0] ?? -1, pair[1] ?? -1];
}

/** Sends copies of at most `mostDescriptors` descriptors, in their order, in one message. Throws Error. */
export function sendDescriptors(socket: number, descriptors: readonly number[]): void {
  const message = new Message(descriptors.length);
  message.put(descriptors);
  if (sendmsgCall(socket, message.header, MSG_NOSIGNAL) < 0) throw failure('sendmsg');
}

/** The descriptors of the next message, which must be there already. Throws Error. */
export function receiveDescriptors(socket: number): readonly number[] {
  const message = new Message(mostDescriptors);
  if (recvmsgCall(socket, message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) throw failure('recvmsg');
  return message.take();
}

/** A struct msghdr with memory that does not move: one byte of data, and room for descriptors. */
class Message {
  readonly header = Buffer.alloc(MESSAGE_BYTES);
  readonly #control: unknown;
  readonly #controlAt: bigint;
  readonly #kept: readonly unknown[];

  constructor(descriptors: number) {
    const space = CONTROL_HEADER_BYTES + Math.ceil((descriptors * 4) / 8) * 8;
    const data = koffi.alloc('uint8_t', 1);
    const vector = koffi.alloc('uint64_t', 2);
    this.#control = koffi.alloc('uint8_t', space);
    this.#controlAt = koffi.address(this.#control);
    koffi.encode(vector, koffi.array('uint64_t', 2), [koffi.address(data), 1n]);
    this.header.writeBigUInt64LE(koffi.address(vector), 16);
    this.header.writeBigUInt64LE(1n, 24);
    this.header.writeBigUInt64LE(this.#controlAt, CONTROL_AT);
    this.header.writeBigUInt64LE(BigInt(space), CONTROL_LENGTH_AT);
    this.#kept = [data, vector];
  }

  put(descriptors: readonly number[]): void {
    const length = CONTROL_HEADER_BYTES + descriptors.length * 4;
    const bytes = Buffer.alloc(Math.ceil(length / 8) * 8);
    bytes.writeBigUInt64LE(BigInt(length), 0);
    bytes.writeInt32LE(SOL_SOCKET, 8);
    bytes.writeInt32LE(SCM_RIGHTS, 12);
    descriptors.forEach((descriptor, index) => {
      bytes.writeInt32LE(descriptor, CONTROL_HEADER_BYTES + index * 4);
    });
    koffi.encode(this.#control, koffi.array('uint8_t', bytes.length), [...bytes]);
  }

  take(): readonly number[] {
    if ((this.header.readInt32LE(FLAGS_AT) & MSG_CTRUNC) !== 0)
      throw new Error('recvmsg: not all descriptors fit into this process');
    const length = Number(this.header.readBigUInt64LE(CONTROL_LENGTH_AT));
    const bytes = Buffer.alloc(length);
    readMemory(bytes, this.#controlAt, length);
    if (length < CONTROL_HEADER_BYTES || bytes.readInt32LE(12) !== SCM_RIGHTS || this.#kept.length === 0)
      throw new Error('recvmsg: a message without descriptors');
    const end = Number(bytes.readBigUInt64LE(0));
    const descriptors: number[] = [];
    for (let at = CONTROL_HEADER_BYTES; at + 4 <= end; at += 4) descriptors.push(bytes.readInt32LE(at));
    return descriptors;
  }
}

function failure(call: string): Error {
  return new Error(`${call}: ${getSystemErrorMessage(-koffi.errno())}`);
}
