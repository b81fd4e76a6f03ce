import { BareLuaError } from '../../../lua/host/errors.ts';
import { binaryString } from '../../../lua/values/binary-string.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import { longestIpPacket } from '../../../packets/headers/layers.ts';
import type { Packet } from '../../../packets/packet.ts';
import { wrap } from '../number-field.ts';

/** Bytes of a packet that Lua reads and writes with `#`, `[]` from 1 on, and `resize`. */
export abstract class Payload {
  abstract readonly packet: Packet;
  /** A view. */
  abstract get bytes(): Uint8Array;
  abstract set(index: number, byte: number): void;
  /** False: no packet can be that long. */
  abstract replace(bytes: Uint8Array): boolean;
}

/** Converts an index that counts from 1 to one from 0. @throws LuaError when it is out of bounds */
export function checkedIndex(index: number, length: number): number {
  if (index < 1 || index > length) throw new BareLuaError('out-of-bound index');
  return index - 1;
}

/** The value at index 3 as a byte. */
export function byteOf(stack: LuaStack): number {
  return wrap(stack.number(3), 8);
}

/** @throws LuaError when no packet can be that long */
export function checkLength(length: number): void {
  if (length < 0 || length > longestIpPacket) throw new BareLuaError(`a packet can't have ${length} bytes`);
}

/** A copy of that length, truncated or filled with zeros. @throws LuaError when no packet can be that long */
export function resized(bytes: Uint8Array, length: number): Uint8Array {
  checkLength(length);
  const changed = new Uint8Array(length);
  changed.set(bytes.subarray(0, length));
  return changed;
}

export function payloadDefinition(name: string): ObjectDefinition<Payload> {
  return {
    name,
    length: ({ bytes }) => bytes.length,
    element: (stack, { bytes }, index) => stack.pushNumber(bytes[checkedIndex(index, bytes.length)] ?? 0),
    setElement: (stack, self, index) => {
      self.set(checkedIndex(index, self.bytes.length), byteOf(stack));
    },
    methods: {
      resize: (stack, self) => {
        const changed = resized(self.bytes, stack.integer(2));
        stack.meter.chargeBytes(changed.length);
        if (!self.replace(changed)) throw new BareLuaError(`a packet can't have so many bytes`);
        return 0;
      },
    },
    text: ({ bytes }) => binaryString(bytes),
  };
}
