import { mostText } from '../../cli/session/settings/limits.ts';
import type { Limits } from '../../system/shares.ts';
import { maximumFrame, maximumMessage } from './frames.ts';
import type { ReplyLimits } from './replies.ts';

/** What the clients of a door may take of this process. */
export type DoorLimits = {
  /** Bytes of messages that have come and are not dealt with: a batch, what is on its way, what waits for its turn. */
  readonly received: Limits;
  readonly replies: ReplyLimits;
  /** Clients that have not logged in. */
  readonly strangers: number;
};

export const doorLimits: DoorLimits = {
  received: { each: mostText + 4 * maximumMessage, all: 8 * mostText, free: maximumFrame },
  replies: { unread: 256 * 1024 * 1024, waiting: 16 },
  strangers: 64,
};

/** The longest message of a client that has not logged in. */
export const longestStranger = 64 * 1024;

/** Requests that may wait for their turn before the client has to wait, and bytes of them. */
export const longestQueue = { requests: 64, bytes: maximumFrame };
