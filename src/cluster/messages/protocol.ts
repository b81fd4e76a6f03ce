import type { BlockRecord } from '../blocks/block-record.ts';
import type { Frame, WholeRow } from '../counts/frame.ts';
import { blockMessage } from './blocks.ts';
import { type Dated, frameMessage, rowMessage } from './counts.ts';
import type { Message } from './message.ts';
import type { Versions } from './versions.ts';

/** What a node can say, and in which versions. */
export type Protocol = {
  readonly versions: Versions;
  readonly block: Message<BlockRecord>;
  readonly frame: Message<Dated<Frame>>;
  readonly row: Message<Dated<WholeRow>>;
};

/**
 * What this Levee speaks. Where a message changes, it gets one form more, and `newest` rises; `oldest` follows once the
 * releases that spoke it are no longer upgraded from.
 */
export const protocol: Protocol = {
  versions: { oldest: 1, newest: 1 },
  block: blockMessage,
  frame: frameMessage,
  row: rowMessage,
};
