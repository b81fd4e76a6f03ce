import type { SocketOption as Option } from '../../../enforcer/engine/socket-option.ts';

export type SocketOption = Option & {
  readonly access: 'both' | 'get' | 'none';
  readonly least: number;
  /** What the value counts, for the manual. */
  readonly unit: string;
};

const [SOCKET, IP, TCP, IPV6] = [1, 0, 6, 41];
const largest = 2_147_483_647;

function option(
  name: string,
  numbers: readonly [number, number],
  range: readonly [number, number],
  unit: string,
  more: Partial<SocketOption> = {},
): SocketOption {
  return {
    name,
    access: 'both',
    form: 'int',
    least: range[0],
    most: range[1],
    unit,
    linux: { level: numbers[0], name: numbers[1] },
    ...more,
  };
}

const onOrOff = [0, 1] as const;

/**
 * The names that TCP:sockopt takes as `message`: FortiADC Script Reference Guide 8.0.0, page 980232. It gives neither
 * units nor which of them can be set; these are those of Linux (socket(7), ip(7), tcp(7), ipv6(7)).
 */
export const socketOptions: readonly SocketOption[] = [
  option('snd_buf', [SOCKET, 7], [1, largest], 'bytes; Linux doubles what is set'),
  option('rcv_buf', [SOCKET, 8], [1, largest], 'bytes; Linux doubles what is set'),
  option('so_type', [SOCKET, 3], [0, 0], '1: a stream', { access: 'get' }),
  option('so_priority', [SOCKET, 12], [0, largest], 'a priority; above 6 it takes CAP_NET_ADMIN'),
  option('ip_ttl', [IP, 2], [1, 255], 'hops', { linuxV6: { level: IPV6, name: 16 } }),
  option(
    'fastopen',
    [TCP, 23],
    [0, largest],
    'connections that may wait, on a listener; 0 or 1 before connecting',
    {
      linuxConnecting: { level: TCP, name: 30 },
    },
  ),
  option('maxseg', [TCP, 2], [88, 32_767], 'bytes; once connected it is taken, and changes nothing'),
  option('so_mark', [SOCKET, 36], [0, 4_294_967_295], 'a mark; setting takes CAP_NET_ADMIN'),
  option('tos', [IP, 1], [0, 255], 'the byte of the header', { linuxV6: { level: IPV6, name: 67 } }),
  option('ip_mtu', [IP, 14], [0, 0], 'bytes', { access: 'get', linuxV6: { level: IPV6, name: 24 } }),
  option('tcp_nodelay', [TCP, 1], onOrOff, '0 or 1'),
  option('tcp_cork', [TCP, 3], onOrOff, '0 or 1'),
  option('tcp_quickack', [TCP, 12], onOrOff, '0 or 1'),
  option('keepalive', [SOCKET, 9], onOrOff, '0 or 1'),
  option('ip_reputation', [0, 0], [0, 0], 'no option of a socket', { access: 'none' }),
  option('ipv6_v6only', [IPV6, 26], onOrOff, '0 or 1; only before a socket is bound'),
  option(
    'linger',
    [SOCKET, 13],
    [-1, 65_535],
    'seconds; -1: off; above 0 is refused, since a worker must not wait for a close',
    { form: 'linger' },
  ),
  option('snd_timeo', [SOCKET, 21], [0, largest], 'milliseconds; 0: none', { form: 'timeval' }),
  option('rcv_timeo', [SOCKET, 20], [0, largest], 'milliseconds; 0: none', { form: 'timeval' }),
];

export function socketOptionNamed(name: string): SocketOption | undefined {
  return socketOptions.find((candidate) => candidate.name === name);
}
