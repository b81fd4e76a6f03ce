import { getSystemErrorMessage } from 'node:util';
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0x80000;
const SOCK_NONBLOCK = 0x800;
const MSG_NOSIGNAL = 0x4000;
/** Of `sun_path` in bytes (unix(7)); what is in the file system ends with a NUL. */
const longestAddress = 108;

const library = koffi.load(null);
const socketCall = library.func('int socket(int, int, int)');
const sendtoCall = library.func(
  'intptr_t sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)',
);

/** What became of a message; `full`: the receiver has no room for it now. */
export type Sent = 'sent' | 'full' | { readonly reason: string };

/** Sends datagrams to a socket of the file system, or to an abstract one, whose name begins with `@` (unix(7)). */
export class NotifySocket {
  readonly #address: Uint8Array;
  readonly #descriptor: number;

  /** Throws Error where there can be no such socket. */
  constructor(name: string) {
    this.#address = unixAddress(name);
    this.#descriptor = Number(socketCall(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (this.#descriptor < 0) throw new Error(reasonOf(koffi.errno()));
  }

  send(text: string): Sent {
    const bytes = Buffer.from(text);
    const { length } = this.#address;
    const sent: unknown = sendtoCall(
      this.#descriptor,
      bytes,
      bytes.length,
      MSG_NOSIGNAL,
      this.#address,
      length,
    );
    if (sent === bytes.length) return 'sent';
    const errno = koffi.errno();
    return errno === koffi.os.errno['EAGAIN'] ? 'full' : { reason: reasonOf(errno) };
  }
}

/** A struct sockaddr_un. */
function unixAddress(name: string): Uint8Array {
  const isAbstract = name.startsWith('@');
  if (!isAbstract && !name.startsWith('/')) throw new Error('it is neither a path nor an abstract name');
  const path = Buffer.from(isAbstract ? `\0${name.slice(1)}` : `${name}\0`);
  if (path.length > longestAddress) throw new Error('its name is too long for a socket');
  return Buffer.concat([new Uint8Array(Uint16Array.of(AF_UNIX).buffer), path]);
}

function reasonOf(errno: number): string {
  return getSystemErrorMessage(-errno);
}
