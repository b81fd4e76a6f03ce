import koffi from 'koffi';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0x80000;
const NETLINK_NETFILTER = 12;
const MSG_DONTWAIT = 0x40;
/** Messages of <linux/netfilter/nf_tables.h>, with the subsystem in the high byte. */
const NFT_MSG_NEWGEN = 0x0a0f;
const NFT_MSG_GETGEN = 0x0a10;
const NLM_F_REQUEST = 1;
const NFTA_GEN_ID = 1;
/** A struct nlmsghdr and a struct nfgenmsg. */
const headerBytes = 20;
const attributeBytes = 4;

type Calls = {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly send: (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly recv: (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly close: (descriptor: number) => number;
};

/** Made when they are first needed: most never are. */
let calls: Calls | undefined;

function systemCalls(): Calls {
  const library = koffi.load(null);
  return {
    socket: library.func('int socket(int, int, int)'),
    send: library.func('intptr_t send(int, const uint8_t *, size_t, int)'),
    recv: library.func('intptr_t recv(int, _Out_ uint8_t *, size_t, int)'),
    close: library.func('int close(int)'),
  };
}

/**
 * The number of changes that anybody has made to nftables in this network namespace: each transaction is one, what the
 * kernel itself adds and removes is none. Null: it can't be asked. Takes some microseconds.
 */
export function nftGeneration(): number | null {
  if (process.platform !== 'linux') return null;
  calls ??= systemCalls();
  const descriptor = calls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (descriptor < 0) return null;
  try {
    const request = new DataView(new ArrayBuffer(headerBytes));
    const isLittle = true;
    request.setUint32(0, headerBytes, isLittle);
    request.setUint16(4, NFT_MSG_GETGEN, isLittle);
    request.setUint16(6, NLM_F_REQUEST, isLittle);
    const bytes = new Uint8Array(request.buffer);
    if (calls.send(descriptor, bytes, bytes.length, 0) !== bytes.length) return null;
    const reply = new Uint8Array(1024);
    // The kernel has answered before it returned from the call above.
    const received = calls.recv(descriptor, reply, reply.length, MSG_DONTWAIT);
    return received < headerBytes ? null : generationIn(new DataView(reply.buffer, 0, received));
  } finally {
    calls.close(descriptor);
  }
}

/** Reads an answer; null: it is none, or an error. */
function generationIn(reply: DataView): number | null {
  const isLittle = true;
  if (reply.getUint16(4, isLittle) !== NFT_MSG_NEWGEN) return null;
  let at = headerBytes;
  while (at + attributeBytes + 4 <= reply.byteLength) {
    const length = reply.getUint16(at, isLittle);
    if (reply.getUint16(at + 2, isLittle) === NFTA_GEN_ID) return reply.getUint32(at + attributeBytes);
    at += Math.max(attributeBytes, (length + 3) & ~3);
  }
  return null;
}
