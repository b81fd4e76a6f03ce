import koffi from 'koffi';

/** The calls of Linux that a load generator needs and the product does not; see src/enforcer/sockets/system-calls.ts. */
const library = koffi.load(null);
const socketCall = library.func('int socket(int, int, int)');
const epollCreateCall = library.func('int epoll_create1(int)');
const epollControlCall = library.func('int epoll_ctl(int, int, int, const int32_t *)');
const setOptionCall = library.func('int setsockopt(int, int, int, const int32_t *, uint32_t)');
const schedulerCall = library.func('int sched_setscheduler(int, int, const int32_t *)');
const affinityCall = library.func('int sched_setaffinity(int, size_t, const uint64_t *)');

/** The hot ones, bare: a negative result means that `errno` tells. */
export const connectTo = library.func('int connect(int, const uint8_t *, uint32_t)');
export const bindTo = library.func('int bind(int, const uint8_t *, uint32_t)');
export const shutDown = library.func('int shutdown(int, int)');
export const acceptFrom = library.func('int accept4(int, void *, void *, int)');
export const receive = library.func('intptr_t recv(int, uint8_t *, size_t, int)');
export const send = library.func('intptr_t send(int, const uint8_t *, size_t, int)');
export const close = library.func('int close(int)');
/** The timeout is a struct timespec: seconds, nanoseconds. */
export const epollWait = library.func('int epoll_pwait2(int, int32_t *, int, const int64_t *, const void *)');
export function errno(): number {
  return koffi.errno();
}

export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLET = -0x80000000;
export const MSG_NOSIGNAL = 0x4000;
/** Bytes that are read are thrown away without being copied (tcp(7)). */
export const MSG_TRUNC = 0x20;
export const SHUT_WR = 1;
export const NONBLOCKING = 0x80800;

const AF_INET = 2;
const SOCK_STREAM = 1;
const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;

/** A struct epoll_event is packed on x86-64 only. In words: its events, its descriptor, its length. */
const packed = process.arch === 'x64';
export const EVENT_DESCRIPTOR = packed ? 1 : 2;
export const EVENT_WORDS = packed ? 3 : 4;

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: errno ${errno()}`);
  return result;
}

export function openEpoll(): number {
  return checked('epoll_create1', epollCreateCall(EPOLL_CLOEXEC));
}

export function openNonBlockingSocket(): number {
  return checked('socket', socketCall(AF_INET, SOCK_STREAM | NONBLOCKING, 0));
}

/** Watches a descriptor until it is closed. */
export function watch(epoll: number, descriptor: number, events: number): void {
  const event = new Int32Array(EVENT_WORDS);
  event[0] = events;
  event[EVENT_DESCRIPTOR] = descriptor;
  checked('epoll_ctl', epollControlCall(epoll, EPOLL_CTL_ADD, descriptor, event));
}

/** Keeps the calling thread on one processor, from 0. */
export function stayOn(processor: number): void {
  checked('sched_setaffinity', affinityCall(0, 8, BigUint64Array.of(1n << BigInt(processor))));
}

const SCHED_FIFO = 1;

/**
 * Runs the calling thread before all others, as if the load came from another machine. False: that takes a privilege,
 * and what is measured includes how long the client itself had to wait for a processor.
 */
export function runFirst(): boolean {
  return schedulerCall(0, SCHED_FIFO, Int32Array.of(1)) === 0;
}

const IPPROTO_IP = 0;
/** The port is chosen when it connects, and may be one that others have towards elsewhere. */
const IP_BIND_ADDRESS_NO_PORT = 24;
const one = Int32Array.of(1);

/** It will connect from there. */
export function connectFrom(descriptor: number, address: Uint8Array): void {
  setOptionCall(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, one, one.byteLength);
  checked('bind', bindTo(descriptor, address, address.length));
}

/** A struct sockaddr_in of a source: 127.GROUP.x.y without a port. */
export function sourceOf(group: number, number: number): Uint8Array {
  const bytes = loopback(0);
  bytes.set([127, group, (number >> 8) & 0xff, number & 0xff], 4);
  return bytes;
}

/** A struct sockaddr_in of 127.0.0.1. */
export function loopback(port: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  bytes.set([127, 0, 0, 1], 4);
  return bytes;
}
