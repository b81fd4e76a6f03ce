import koffi from 'koffi';

/**
 * The calls of the event loop, in the C library that the process has loaded anyway. Memory is named by its address: a
 * number costs less than an array to hand over. Each returns what the system does; below 0, `errno` says why, if nothing
 * else has failed since: V8 calls the system, too, before it goes on with us (when one of its locks is taken, and once
 * for its clock). So it is a hint, and where much depends on it, the state of the socket decides.
 */
export type Calls = {
  readonly accept: (listener: number, address: number, length: number, flags: number) => number;
  readonly close: (descriptor: number) => number;
  /** Closes all from `first` to `last`. Below 0: none is closed. */
  readonly closeRange: (first: number, last: number) => number;
  readonly connect: (descriptor: number, address: number, length: number) => number;
  readonly control: (epoll: number, operation: number, descriptor: number, event: number) => number;
  readonly create: (flags: number) => number;
  readonly getOption: (
    descriptor: number,
    level: number,
    name: number,
    value: number,
    length: number,
  ) => number;
  readonly nameOf: (descriptor: number, address: number, length: number) => number;
  readonly peerOf: (descriptor: number, address: number, length: number) => number;
  /** Fills in two descriptors: where to read, and where to write. */
  readonly pipe: (descriptors: number, flags: number) => number;
  readonly readBytes: (descriptor: number, to: Uint8Array, length: number) => number;
  readonly receive: (descriptor: number, to: number, length: number, flags: number) => number;
  readonly resizePipe: (descriptor: number, command: number, size: number) => number;
  readonly send: (descriptor: number, from: number, length: number, flags: number) => number;
  readonly sendBytes: (descriptor: number, from: Uint8Array, length: number, flags: number) => number;
  readonly setOption: (
    descriptor: number,
    level: number,
    name: number,
    value: number,
    length: number,
  ) => number;
  readonly stopBlocking: (descriptor: number) => number;
  readonly shutdown: (descriptor: number, how: number) => number;
  readonly socket: (family: number, type: number, protocol: number) => number;
  /** The offsets are 0: sockets and pipes have none. */
  readonly splice: (
    from: number,
    fromOffset: number,
    to: number,
    toOffset: number,
    length: number,
    flags: number,
  ) => number;
  readonly wait: (epoll: number, events: number, most: number, milliseconds: number) => number;
  /** Why the last call failed, or another of this thread after it. */
  readonly errno: () => number;
  readonly addressOf: (array: Uint8Array, from: number, length: number) => number;
  /** The descriptor that becomes readable when the event loop of this thread's Node has something to do. */
  readonly nodeDescriptor: () => number;
};

/** Throws Error where the platform lacks one of them. */
export function loadCalls(): Calls {
  const library = koffi.load(null);
  const isolateOfThread = library.func('_ZN2v87Isolate10GetCurrentEv', 'uintptr_t', []);
  const loopOf = library.func('_ZN4node19GetCurrentEventLoopEPN2v87IsolateE', 'uintptr_t', ['uintptr_t']);
  const setFlags = library.func('int fcntl(int, int, int)');
  const errno = new Int32Array(koffi.view(library.func('uintptr_t __errno_location()')(), 4));
  // close_range(2), which the C library need not have: its number is the same on every processor. (Linux 5.9)
  const callNumbered = library.func('syscall', 'intptr_t', ['intptr_t', 'uint32_t', 'uint32_t', 'int']);
  const descriptorOfLoop = library.func('int uv_backend_fd(uintptr_t)');
  return {
    accept: library.func('int accept4(int, uintptr_t, uintptr_t, int)'),
    close: library.func('int close(int)'),
    closeRange: (first, last) => callNumbered(CLOSE_RANGE, first, last, 0),
    connect: library.func('int connect(int, uintptr_t, uint32_t)'),
    control: library.func('int epoll_ctl(int, int, int, uintptr_t)'),
    create: library.func('int epoll_create1(int)'),
    getOption: library.func('int getsockopt(int, int, int, uintptr_t, uintptr_t)'),
    nameOf: library.func('int getsockname(int, uintptr_t, uintptr_t)'),
    peerOf: library.func('int getpeername(int, uintptr_t, uintptr_t)'),
    pipe: library.func('int pipe2(uintptr_t, int)'),
    readBytes: library.func('intptr_t read(int, uint8_t *, size_t)'),
    receive: library.func('intptr_t recv(int, uintptr_t, size_t, int)'),
    resizePipe: setFlags,
    send: library.func('intptr_t send(int, uintptr_t, size_t, int)'),
    sendBytes: library.func('intptr_t send(int, const uint8_t *, size_t, int)'),
    setOption: library.func('int setsockopt(int, int, int, uintptr_t, uint32_t)'),
    stopBlocking: (descriptor) => setFlags(descriptor, F_SETFL, O_NONBLOCK),
    shutdown: library.func('int shutdown(int, int)'),
    socket: library.func('int socket(int, int, int)'),
    splice: library.func('intptr_t splice(int, uintptr_t, int, uintptr_t, size_t, unsigned int)'),
    wait: library.func('int epoll_wait(int, uintptr_t, int, int)'),
    errno: () => errno[0] ?? 0,
    addressOf: library.func('uintptr_t memcpy(uint8_t *, uintptr_t, size_t)'),
    nodeDescriptor: () => descriptorOfLoop(loopOf(isolateOfThread())),
  };
}

// The numbers of Linux: <sys/epoll.h>, <errno.h>, <sys/socket.h>.
export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLRDHUP = 0x2000;
export const EPOLLEXCLUSIVE = 0x10000000;
export const EPOLLET = -0x80000000;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CLOEXEC = 0x80000;

export const EPERM = 1;
export const ENOSYS = 38;
export const EPIPE = 32;
export const ENOTSUP = 95;
export const ECONNRESET = 104;
export const EINPROGRESS = 115;
export const EBADF = 9;
export const EINVAL = 22;
export const ENOTSOCK = 88;
export const ENOENT = 2;
export const EAGAIN = 11;
export const EFAULT = 14;
export const EAFNOSUPPORT = 97;
export const ENFILE = 23;
export const EMFILE = 24;

const CLOSE_RANGE = 436;
const F_SETFL = 4;
export const F_SETPIPE_SZ = 1031;
/** O_NONBLOCK and O_CLOEXEC. */
export const NONBLOCKING_PIPE = 0x80800;
export const SPLICE_F_MOVE = 1;
export const SPLICE_F_NONBLOCK = 2;
const O_NONBLOCK = 0x800;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_MORE = 0x8000;
export const SHUT_WR = 1;
export const SOCK_STREAM = 1;
/** SOCK_NONBLOCK and SOCK_CLOEXEC. */
export const NONBLOCKING = 0x80800;
export const IPPROTO_IP = 0;
/** Of sockets of IPv6, too. */
export const IP_TRANSPARENT = 19;
export const SO_ERROR = 4;
export const TCP_INFO = 11;
export const SO_LINGER = 13;
