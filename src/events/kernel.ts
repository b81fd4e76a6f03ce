import { counted } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// What the kernel does in Levee's place.

/** From now on the kernel refuses blocked sources, in a table of nftables. `blocks`: those that it had kept. */
export const kernelBlocking = defineEvent({
  type: 'kernel-blocking',
  id: '11000060',
  level: 'notification',
  action: 'kernel-block',
  isExpected: true,
  text: ({ table, blocks }: { readonly table: string; readonly blocks: number }) =>
    `the kernel refuses blocked sources, in table inet ${table}${blocks === 0 ? '' : `, which has kept ${counted(blocks, 'block')}`}`,
  details: { count: ({ blocks }) => blocks },
});

/**
 * It is told once, and tried again; meanwhile Levee refuses them itself. `table`: the one that stands from before, else ''.
 */
export const kernelNotBlocking = defineEvent({
  type: 'kernel-not-blocking',
  id: '11000061',
  level: 'warning',
  action: 'kernel-block',
  isFailure: true,
  text: ({ reason, table }: { readonly reason: string; readonly table: string }) =>
    `the kernel can't be given blocked sources, which Levee itself refuses: ${reason}${
      table === ''
        ? ''
        : `. Whom table inet ${table} refuses it goes on refusing, each until the end of the block`
    }`,
});

/** Somebody else has changed Levee's table; it is as it was. `blocks`: those that were missing or too many. */
export const kernelTableRestored = defineEvent({
  type: 'kernel-table-restored',
  id: '11000062',
  level: 'warning',
  action: 'kernel-block',
  text: ({ table, blocks }: { readonly table: string; readonly blocks: number }) =>
    `table inet ${table} was changed by others, and is put back${blocks === 0 ? '' : `: ${counted(blocks, 'block')}`}`,
  details: { count: ({ blocks }) => blocks },
});

/** A policy with `syncookie enable` for which the kernel can't answer. */
export const kernelNotAnswering = defineEvent({
  type: 'kernel-not-answering',
  id: '11000063',
  level: 'warning',
  action: 'syncookie',
  isFailure: true,
  text: ({ policy, reason, hasCookies }: Unanswered) =>
    `the kernel can't answer for policy "${policy}" above its half-open-threshold: ${reason}. ${
      hasCookies
        ? 'Its own SYN cookies take over when the queue of the listener is full'
        : 'Nothing does: net.ipv4.tcp_syncookies is 0'
    }`,
  details: { policy: ({ policy }) => policy },
});

type Unanswered = { readonly policy: string; readonly reason: string; readonly hasCookies: boolean };
