/** What the kernel says of the machine where it answers handshakes: as the listening sockets would. */
export type Synproxy = {
  /** Of the windows that it announces, as a power of two. */
  readonly windowScale: number;
  /** The longest segments, by family. */
  readonly mssV4: number;
  readonly mssV6: number;
};

/** Reads a file of the kernel, by its path; null: there is none. */
export type ReadKernel = (path: string) => string | null;

const trackingLoose = '/proc/sys/net/netfilter/nf_conntrack_tcp_loose';
const timestamps = '/proc/sys/net/ipv4/tcp_timestamps';
const ownCookies = '/proc/sys/net/ipv4/tcp_syncookies';
const receiveBuffers = '/proc/sys/net/ipv4/tcp_rmem';
const mostReceived = '/proc/sys/net/core/rmem_max';

/** The kernel keeps what a client has announced in a cookie of eight sizes, of which this is the largest. */
const usualMtu = 1500;
const headersV4 = 40;
const headersV6 = 60;

/** How the kernel can answer handshakes here, or what has to be otherwise for that. Nothing is changed. */
export function synproxyHere(
  read: ReadKernel,
  mtus: readonly number[],
): Synproxy | { readonly obstacle: string } {
  const loose = read(trackingLoose)?.trim();
  if (read(ownCookies) === null) return { obstacle: 'this is no Linux' };
  if (loose === undefined) return { obstacle: 'the kernel tracks no connections: "modprobe nf_conntrack"' };
  if (loose !== '0')
    return {
      obstacle:
        '"sysctl -w net.netfilter.nf_conntrack_tcp_loose=0": the end of a handshake would pass for a connection',
    };
  if (read(timestamps)?.trim() === '0')
    return { obstacle: '"sysctl -w net.ipv4.tcp_timestamps=1": windows could not be scaled' };
  const mtu = Math.min(usualMtu, ...mtus);
  return {
    windowScale: windowScaleOf(read(receiveBuffers), read(mostReceived)),
    mssV4: mtu - headersV4,
    mssV6: mtu - headersV6,
  };
}

/** Whether the kernel sends SYN cookies by itself when the queue of a listener is full. */
export function hasOwnCookies(read: ReadKernel): boolean {
  return (read(ownCookies)?.trim() ?? '0') !== '0';
}

/** Of a new connection (tcp_select_initial_window of Linux): a wrong one would multiply each window by a wrong factor. */
function windowScaleOf(buffers: string | null, most: string | null): number {
  const largest = Math.max(Number(buffers?.trim().split(/\s+/)[2] ?? 0), Number(most?.trim() ?? 0));
  return Math.min(14, Math.max(0, Math.floor(Math.log2(Math.max(1, largest))) - 15));
}
