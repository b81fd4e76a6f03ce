import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'How the enforcer runs; threads, engine and table size take effect when it starts again',
  area: 'sysgrp',
  members: {
    workers: integer({
      help: 'Threads that carry connections; 0 = one for each processor',
      minimum: 0,
      maximum: 64,
      default: 0,
      extension: true,
      ofNode: true,
    }),
    engine: choice({
      help: 'The event loop that carries connections',
      choices: {
        auto: 'The fastest one that works here',
        epoll: "Levee's own over epoll, on Linux",
        node: 'The one of Node.js, on every system',
      },
      default: 'auto',
      extension: true,
      ofNode: true,
    }),
    'sources-table-size': integer({
      help: 'Sources that can be counted at the same time',
      minimum: 1024,
      maximum: 16777216,
      default: 262144,
      extension: true,
      ofNode: true,
    }),
    'sources-table-full': choice({
      help: 'What becomes of connections of a new source while that many are counted',
      choices: {
        open: 'They are admitted, and not counted',
        closed: 'They are reset, but for those that an IP list trusts',
      },
      default: 'open',
      extension: true,
    }),
    'kernel-block': toggle({
      help: 'Have the kernel refuse blocked sources too, by nftables (Linux, as root or with CAP_NET_ADMIN)',
      default: 'disable',
      extension: true,
      ofNode: true,
    }),
    'kernel-block-action': choice({
      help: 'What the kernel does with the first packet of a connection of a blocked source',
      choices: {
        drop: 'Nothing comes back: the client waits, and tries again ever less often',
        reset: 'A reset comes back, as from Levee itself: the client may try again at once',
      },
      default: 'drop',
      extension: true,
    }),
    'waiting-data-limit': integer({
      help: 'Data that may wait for servers and slow readers, of all connections; 0 = a quarter of the memory',
      minimum: 0,
      maximum: 1048576,
      default: 0,
      unit: 'megabytes',
      extension: true,
      ofNode: true,
    }),
    'idle-timeout': integer({
      help: 'Time without a byte in either direction after which a connection is reset; bytes that a peer takes of what waits for it count',
      minimum: 1,
      maximum: 86400,
      default: 3600,
      unit: 'seconds',
      extension: true,
    }),
    'drain-notice': integer({
      help: 'At the end: time in which Levee says that it is not ready and still takes new connections, so that load balancers notice',
      minimum: 0,
      maximum: 600,
      default: 0,
      unit: 'seconds',
      extension: true,
    }),
    'drain-timeout': integer({
      help: 'At the end: time that connections have to end by themselves before they are reset; 0 = none',
      minimum: 0,
      maximum: 3600,
      default: 10,
      unit: 'seconds',
      extension: true,
    }),
  },
} satisfies TableDefinition;
