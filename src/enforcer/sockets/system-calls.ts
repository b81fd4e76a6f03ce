import { getSystemErrorMessage, getSystemErrorName } from 'node:util';
import koffi from 'koffi';

/** System calls that Node lacks, in the C library that the process has loaded anyway. */
const library = koffi.load(null);
const closeCall = library.func('int close(int)');
const acceptCall = library.func('int accept(int, uint8_t *, uint32_t *)');
const dupCall = library.func('int fcntl(int, int, int)');
const socketCall = library.func('int socket(int, int, int)');
const bindCall = library.func('int bind(int, const uint8_t *, uint32_t)');
const listenCall = library.func('int listen(int, int)');
const setsockoptCall = library.func('int setsockopt(int, int, int, const int32_t *, uint32_t)');
const getsockoptCall = library.func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)');
const getsocknameCall = library.func('int getsockname(int, _Out_ uint8_t *, _Inout_ uint32_t *)');
const getpeernameCall = library.func('int getpeername(int, _Out_ uint8_t *, _Inout_ uint32_t *)');
const shutdownCall = library.func('int shutdown(int, int)');
const ioctlCall = library.func('int ioctl(int, unsigned long, ...)');
const pollCall = library.func('int poll(int32_t *, unsigned long, int)');
const addressOfCall = library.func('uintptr_t memcpy(uint8_t *, uintptr_t, size_t)');
const getrlimitCall = library.func('int getrlimit(int, _Out_ uint64_t *)');

const darwin = process.platform === 'darwin';

/** The numbers of <sys/socket.h>, <netinet/in.h> and <fcntl.h>. */
export const SOL_SOCKET = darwin ? 0xffff : 1;
export const SO_REUSEADDR = darwin ? 4 : 2;
export const SO_REUSEPORT = darwin ? 0x200 : 15;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const SO_TYPE = darwin ? 0x1008 : 3;
const SO_ACCEPTCONN = darwin ? 2 : 30;
export const SO_KEEPALIVE = darwin ? 8 : 9;
const SO_LINGER = darwin ? 0x80 : 13;
/** Urgent data is read where it stands in the stream, not apart. */
export const SO_OOBINLINE = darwin ? 0x100 : 10;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
/** Seconds of silence before the first probe. */
export const TCP_KEEPIDLE = darwin ? 0x10 : 4;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = darwin ? 27 : 26;
export const AF_INET = 2;
export const AF_INET6 = darwin ? 30 : 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const SOCK_CLOEXEC = darwin ? 0 : 0x80000;
const RLIMIT_NOFILE = darwin ? 8 : 7;
const F_SETFD = 2;
const F_SETFL = 4;
const O_NONBLOCK = darwin ? 4 : 0x800;
const FD_CLOEXEC = 1;
const SHUT_WR = 1;
/** tcp(7) calls it SIOCOUTQ. */
const TIOCOUTQ = 0x5411;
const SO_NWRITE = 0x1024;
const FIONREAD = darwin ? 0x4004667f : 0x541b;
const F_DUPFD_CLOEXEC = darwin ? 67 : 1030;

/** A failed call: `code` is the name of its errno, or of another that V8 has made since. */
export class SystemCallError extends Error {
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call}: ${getSystemErrorMessage(-errno)} (${code})`);
    this.code = code;
  }
}

function checked(call: string, result: number): number {
  if (result < 0) throw new SystemCallError(call, koffi.errno());
  return result;
}

function open(family: number, type: number, protocol: number): number {
  const descriptor = checked('socket', socketCall(family, type | SOCK_CLOEXEC, protocol));
  if (darwin) dupCall(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}

/** A TCP socket that no child process inherits. Throws SystemCallError. */
export function openSocket(family: number): number {
  return open(family, SOCK_STREAM, 0);
}

/** A socket for ICMP echo without privilege (icmp(7)), that no child process inherits. Throws SystemCallError. */
export function openPingSocket(family: 4 | 6): number {
  return family === 4 ? open(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) : open(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);
}

/** Whether the process and the system have room for one more socket. */
export function hasSpareDescriptor(): boolean {
  try {
    closeDescriptor(openSocket(AF_INET));
    return true;
  } catch (error) {
    if (error instanceof SystemCallError) return false;
    throw error;
  }
}

/** Whether an errno says that the process or the system has no descriptor left. */
export function isOfDescriptors(code: unknown): boolean {
  return code === 'EMFILE' || code === 'ENFILE';
}

/** `address`: a struct sockaddr. Throws SystemCallError. */
export function bindSocket(descriptor: number, address: Uint8Array): void {
  checked('bind', bindCall(descriptor, address, address.length));
}

/** Throws SystemCallError. */
export function listenOn(descriptor: number, backlog: number): void {
  checked('listen', listenCall(descriptor, backlog));
}

/** The next connection that waits; below 0: none does. Does not wait where the socket does not block. */
export function nextConnection(descriptor: number): number {
  return acceptCall(descriptor, null, null);
}

/** Whether it is a stream socket that listens. A descriptor that is no socket is none. */
export function isListening(descriptor: number): boolean {
  const value = new Uint8Array(4);
  try {
    getSocketOption(descriptor, SOL_SOCKET, SO_TYPE, value);
    if (value[0] !== SOCK_STREAM) return false;
    getSocketOption(descriptor, SOL_SOCKET, SO_ACCEPTCONN, value);
    return value[0] === 1;
  } catch (error) {
    if (error instanceof SystemCallError) return false;
    throw error;
  }
}

/** No child process inherits it, and nothing waits for it. Throws SystemCallError. */
export function makeOwn(descriptor: number): void {
  checked('fcntl', dupCall(descriptor, F_SETFD, FD_CLOEXEC));
  checked('fcntl', dupCall(descriptor, F_SETFL, O_NONBLOCK));
}

/** `values`: one int, the two of a struct linger, or the four of a struct timeval. Throws SystemCallError. */
export function setSocketOption(
  descriptor: number,
  level: number,
  name: number,
  ...values: readonly number[]
): void {
  const bytes = Int32Array.from(values);
  checked('setsockopt', setsockoptCall(descriptor, level, name, bytes, bytes.byteLength));
}

/** Fills `value` with what getsockopt(2) gives, and returns how many bytes that are. Throws SystemCallError. */
export function getSocketOption(descriptor: number, level: number, name: number, value: Uint8Array): number {
  const size = [value.length];
  checked('getsockopt', getsockoptCall(descriptor, level, name, value, size));
  return size[0] ?? 0;
}

/** Fills `value` with the struct sockaddr of our end. False: the socket has none (any more). */
export function socketNameOf(descriptor: number, value: Uint8Array): boolean {
  nameSize[0] = value.length;
  return getsocknameCall(descriptor, value, nameSize) === 0;
}

/** Likewise of its peer's end. */
export function peerNameOf(descriptor: number, value: Uint8Array): boolean {
  nameSize[0] = value.length;
  return getpeernameCall(descriptor, value, nameSize) === 0;
}

const nameSize = Uint32Array.of(0);

/** Whether closing the socket resets its connection, from now on. False: the connection is gone, and it does not matter. */
export function resetOnClose(descriptor: number, resets: boolean): boolean {
  const linger = resets ? lingerReset : lingerOff;
  return setsockoptCall(descriptor, SOL_SOCKET, SO_LINGER, linger, linger.byteLength) === 0;
}

/** Leaves urgent data where it stands in the stream. Where the connection is gone, it does not matter. */
export function keepUrgentInline(descriptor: number): void {
  setsockoptCall(descriptor, SOL_SOCKET, SO_OOBINLINE, one, one.byteLength);
}

const one = Int32Array.of(1);

/** Each a struct linger: whether it is on, and for how many seconds. */
const lingerReset = Int32Array.of(1, 0);
const lingerOff = Int32Array.of(0, 0);

/**
 * Lets a program of classic BPF choose among the sockets that share a port: it gives the number of one, in the order in
 * which they were bound. Linux only. Throws SystemCallError.
 */
export function attachSteering(descriptor: number, program: Uint8Array): void {
  attachProgram(descriptor, SO_ATTACH_REUSEPORT_CBPF, program);
}

/** Lets such a program say how much of each packet is kept. Linux only. Throws SystemCallError. */
export function attachFilter(descriptor: number, program: Uint8Array): void {
  attachProgram(descriptor, SO_ATTACH_FILTER, program);
}

/** Throws SystemCallError: ENOENT where there is none. */
export function detachFilter(descriptor: number): void {
  setSocketOption(descriptor, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

function attachProgram(descriptor: number, option: number, program: Uint8Array): void {
  // A struct sock_fprog: how many instructions of eight bytes, and where they are. A small array might move meanwhile.
  const kept = new Uint8Array(new ArrayBuffer(Math.max(program.length, 256)));
  kept.set(program);
  const at = addressOfCall(kept, 0, 0);
  const words = [program.length / 8, 0, at % 2 ** 32, Math.floor(at / 2 ** 32)];
  setSocketOption(descriptor, SOL_SOCKET, option, ...words);
}

/** Throws SystemCallError. */
export function duplicate(descriptor: number): number {
  return checked('dup', dupCall(descriptor, F_DUPFD_CLOEXEC, 0));
}

/** Throws SystemCallError. */
export function closeDescriptor(descriptor: number): void {
  checked('close', closeCall(descriptor));
}

/**
 * Polls all descriptors in one call, without waiting. `records` holds struct pollfd: a descriptor, then events (low 16
 * bits) and returned events (high 16 bits). Returns how many have returned events. Throws SystemCallError.
 */
export function pollNow(records: Int32Array, count: number): number {
  return checked('poll', pollCall(records, count, 0));
}

/** In a poll record's second word: the socket has an error that nobody has fetched. */
export const POLL_ERROR = 0x8 << 16;
/** Likewise: both directions have ended. */
export const POLL_HANGUP = 0x10 << 16;
/** Likewise: the descriptor is not open. */
export const POLL_CLOSED = 0x20 << 16;

/** Like `pollNow`, but 0 where the call fails: it throws nothing. */
export function pollQuietly(records: Int32Array, count: number): number {
  return Math.max(0, pollCall(records, count, 0));
}

/** Bytes of a socket that wait to be read; 0 where the system does not say. */
export function unreadBytes(descriptor: number): number {
  unread[0] = 0;
  ioctlCall(descriptor, FIONREAD, 'int32_t *', unread);
  return unread[0];
}

const unread = Int32Array.of(0);

/** Bytes that the system has to send and that the peer has not acknowledged; 0 where it does not say. */
export function untakenBytes(descriptor: number): number {
  untaken[0] = 0;
  if (darwin) getsockoptCall(descriptor, SOL_SOCKET, SO_NWRITE, untakenOut, untakenSize);
  else ioctlCall(descriptor, TIOCOUTQ, 'int32_t *', untaken);
  return untaken[0];
}

const untaken = Int32Array.of(0);
const untakenOut = new Uint8Array(untaken.buffer);
const untakenSize = Uint32Array.of(4);

/** Ends the direction from here: a FIN follows what was written. False: the connection is gone already. */
export function endOutput(descriptor: number): boolean {
  return shutdownCall(descriptor, SHUT_WR) === 0;
}

/** RLIMIT_NOFILE as it is in force; one that is unlimited counts as a million. Throws SystemCallError. */
export function softDescriptorLimit(): number {
  return descriptorLimit(0);
}

/** Likewise, how far that may be raised. */
export function hardDescriptorLimit(): number {
  return descriptorLimit(1);
}

function descriptorLimit(index: number): number {
  const limits = new BigUint64Array(2);
  checked('getrlimit', getrlimitCall(RLIMIT_NOFILE, limits));
  return Math.min(1_000_000, Number(limits[index] ?? 0n));
}
