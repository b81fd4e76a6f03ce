import type { EventType } from '../../library/events.ts';
import type { AddressType } from './address.ts';
import type { BufferType } from './buffer.ts';
import type { NetworkType } from './network.ts';
import type { TimeType } from './time.ts';

/** The types of values that Lua itself keeps. */
export type ValueTypes = {
  readonly addresses: AddressType;
  readonly networks: NetworkType;
  readonly buffers: BufferType;
  readonly events: EventType;
  readonly times: TimeType;
};
