import koffi from 'koffi';

/**
 * An io_uring(7) of one thread, with the memory that its operations use. What is asked for and what is done lies in memory
 * that we share with the system, and only `wait` is a call.
 */
const library = koffi.load(null);
const map = library.func('void *mmap(uintptr_t, size_t, int, int, int, intptr_t)');
const setUp = library.func('intptr_t syscall(intptr_t, uint32_t, uintptr_t)');
const register = library.func('intptr_t syscall(intptr_t, int, uint32_t, uintptr_t, uint32_t)');
const enter = library.func(
  'intptr_t syscall(intptr_t, int, uint32_t, uint32_t, uint32_t, uintptr_t, uintptr_t)',
);

// The numbers of <linux/io_uring.h>, <sys/mman.h> and <sys/syscall.h>, the same on all platforms.
const IO_URING_SETUP = 425;
const IO_URING_ENTER = 426;
const IO_URING_REGISTER = 427;
const IORING_SETUP_CQSIZE = 1 << 3;
const IORING_SETUP_SUBMIT_ALL = 1 << 7;
const IORING_SETUP_SINGLE_ISSUER = 1 << 12;
const IORING_SETUP_DEFER_TASKRUN = 1 << 13;
const IORING_SETUP_NO_SQARRAY = 1 << 16;
const IORING_ENTER_GETEVENTS = 1;
const IORING_ENTER_EXT_ARG = 8;
const IORING_REGISTER_PBUF_RING = 22;
const IORING_OFF_SQES = 0x10000000;
const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;

export const POLL_ADD = 6;
export const ASYNC_CANCEL = 14;
export const CONNECT = 16;
export const CLOSE = 19;
export const SEND = 26;
export const RECV = 27;
// Flags of an operation stand in its second byte, those of its kind in the third.
/** The system chooses a buffer. */
export const IOSQE_BUFFER_SELECT = 32 << 8;
export const IOSQE_CQE_SKIP_SUCCESS = 64 << 8;
/** It is not tried before the descriptor says that there is something. */
export const RECVSEND_POLL_FIRST = 1 << 16;
/** It goes on, once for each time that something comes. */
export const RECV_MULTISHOT = 2 << 16;
/** All operations of a descriptor. */
export const CANCEL_ALL_OF_DESCRIPTOR = 3;
// Flags of what is done.
export const CQE_F_BUFFER = 1;
export const CQE_F_MORE = 2;
export const CQE_F_SOCK_NONEMPTY = 4;

const operations = 1024;
const completions = 8192;
const wordsOfOperation = 16;

/** Bytes of a buffer for what is received, and how many there are: a power of two. */
export const bufferSize = 16_384;
const buffers = 256;

// Byte offsets in the memory of operations.
const ARGUMENT = 0;
const TIME = 32;
const PARAMETERS = 64;
const BUFFER_REGISTRATION = 256;
const NAME = 512;
const BUFFER_RING = 4096;
const BUFFERS = 8192;
const memorySize = BUFFERS + buffers * bufferSize;

type Memory = { readonly at: number; readonly buffer: ArrayBuffer };

function mapped(size: number, flags: number, descriptor: number, offset: number): Memory {
  const pointer: unknown = map(0, size, PROT_READ_WRITE, flags, descriptor, offset);
  const at = Number(koffi.address(pointer));
  if (at >= 2 ** 63) throw new Error(`mmap: errno ${koffi.errno()}`);
  return { at, buffer: koffi.view(pointer, size) };
}

/** Memory whose addresses all have the same upper half. */
function mappedTogether(size: number): Memory {
  for (;;) {
    const memory = mapped(size, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (Math.floor(memory.at / 2 ** 32) === Math.floor((memory.at + size) / 2 ** 32)) return memory;
  }
}

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: errno ${koffi.errno()}`);
  return result;
}

export class Ring {
  readonly #descriptor: number;
  readonly #at: number;
  readonly #low: number;
  readonly #high: number;
  readonly #words: Int32Array;
  readonly #halfWords: Uint16Array;
  readonly #shared: Int32Array;
  readonly #operations: Int32Array;
  // Where in what is shared.
  readonly #submitted: number;
  readonly #asked: number;
  readonly #taken: number;
  readonly #done: number;
  readonly #completions: number;
  /** Operations that were asked for, since the ring is there. */
  #count = 0;
  #buffersGiven = 0;

  /** Throws Error where the system has none, or one that is too old: Linux 6.6 has all of it. */
  constructor() {
    const { at, buffer } = mappedTogether(memorySize);
    this.#at = at;
    this.#low = at | 0;
    this.#high = Math.floor(at / 2 ** 32) | 0;
    this.#words = new Int32Array(buffer);
    this.#halfWords = new Uint16Array(buffer);
    this.#words[PARAMETERS / 4 + 1] = completions;
    this.#words[PARAMETERS / 4 + 2] =
      IORING_SETUP_CQSIZE |
      IORING_SETUP_SUBMIT_ALL |
      IORING_SETUP_SINGLE_ISSUER |
      IORING_SETUP_DEFER_TASKRUN |
      IORING_SETUP_NO_SQARRAY;
    this.#descriptor = checked('io_uring_setup', setUp(IO_URING_SETUP, operations, at + PARAMETERS));
    const offset = (byte: number): number => (this.#words[(PARAMETERS + byte) / 4] ?? 0) / 4;
    this.#submitted = offset(40);
    this.#asked = offset(44);
    this.#taken = offset(80);
    this.#done = offset(84);
    this.#completions = offset(100);
    const size = this.#completions * 4 + completions * 16;
    this.#shared = new Int32Array(mapped(size, MAP_SHARED_POPULATE, this.#descriptor, 0).buffer);
    const bytes = operations * wordsOfOperation * 4;
    this.#operations = new Int32Array(
      mapped(bytes, MAP_SHARED_POPULATE, this.#descriptor, IORING_OFF_SQES).buffer,
    );
    this.#words.set([this.#low + BUFFER_RING, this.#high, buffers], BUFFER_REGISTRATION / 4);
    checked(
      'io_uring_register',
      register(IO_URING_REGISTER, this.#descriptor, IORING_REGISTER_PBUF_RING, at + BUFFER_REGISTRATION, 1),
    );
    for (let number = 0; number < buffers; number++) this.giveBuffer(number);
    this.#words.set([this.#low + TIME, this.#high], ARGUMENT / 4 + 4);
  }

  /** Takes a struct sockaddr in words. Returns where it lies from now on. */
  keepName(name: Int32Array): number {
    this.#words.set(name, NAME / 4);
    return NAME;
  }

  /** Where a buffer begins in the memory of operations. */
  placeOf(buffer: number): number {
    return BUFFERS + buffer * bufferSize;
  }

  /** What was in it is of no use any more. */
  giveBuffer(buffer: number): void {
    const entry = (BUFFER_RING + (this.#buffersGiven % buffers) * 16) / 4;
    this.#words[entry] = (this.#low + this.placeOf(buffer)) | 0;
    this.#words[entry + 1] = this.#high;
    this.#words[entry + 2] = bufferSize;
    this.#halfWords[entry * 2 + 6] = buffer;
    this.#buffersGiven = (this.#buffersGiven + 1) & 0xffff;
    this.#halfWords[BUFFER_RING / 2 + 7] = this.#buffersGiven;
  }

  /**
   * Asks for an operation. Returns its number, for `isSubmitted`.
   *
   * @param what with its flags, in the three lowest bytes
   * @param tag and `generation`: what its completion has, too
   * @param at where in the memory of operations; below 0: it needs none
   * @param offset what some have in the place of one
   */
  ask(
    what: number,
    descriptor: number,
    tag: number,
    generation: number,
    at = -1,
    length = 0,
    offset = 0,
    flags = 0,
  ): number {
    if (!this.isSubmitted(this.#count - operations)) this.wait(0);
    const entry = (this.#count & (operations - 1)) * wordsOfOperation;
    const words = this.#operations;
    words[entry] = what;
    words[entry + 1] = descriptor;
    words[entry + 2] = offset;
    words[entry + 3] = 0;
    words[entry + 4] = at < 0 ? 0 : (this.#low + at) | 0;
    words[entry + 5] = at < 0 ? 0 : this.#high;
    words[entry + 6] = length;
    words[entry + 7] = flags;
    words[entry + 8] = tag;
    words[entry + 9] = generation;
    const number = this.#count;
    this.#count = (number + 1) | 0;
    this.#shared[this.#asked] = this.#count;
    return number;
  }

  /** Whether the system has it: until then it must find the same file behind the descriptor. */
  isSubmitted(number: number): boolean {
    return (((this.#shared[this.#submitted] ?? 0) - number) | 0) > 0;
  }

  /** Submits what was asked for, completes what can be, and waits for something so long at most. */
  wait(milliseconds: number): void {
    const count = (this.#count - (this.#shared[this.#submitted] ?? 0)) | 0;
    if (milliseconds <= 0) {
      enter(IO_URING_ENTER, this.#descriptor, count, 0, IORING_ENTER_GETEVENTS, 0, 0);
      return;
    }
    this.#words[TIME / 4] = Math.floor(milliseconds / 1000);
    this.#words[TIME / 4 + 2] = Math.floor((milliseconds % 1000) * 1e6);
    const flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
    enter(IO_URING_ENTER, this.#descriptor, count, 1, flags, this.#at + ARGUMENT, 24);
  }

  /** Hands over what is done by now. Returns how many that were. */
  take(completed: (tag: number, generation: number, result: number, flags: number) => void): number {
    const shared = this.#shared;
    const first = shared[this.#taken] ?? 0;
    const end = shared[this.#done] ?? 0;
    for (let number = first; number !== end; number = (number + 1) | 0) {
      const entry = this.#completions + (number & (completions - 1)) * 4;
      completed(shared[entry] ?? 0, shared[entry + 1] ?? 0, shared[entry + 2] ?? 0, shared[entry + 3] ?? 0);
    }
    shared[this.#taken] = end;
    return (end - first) | 0;
  }
}
