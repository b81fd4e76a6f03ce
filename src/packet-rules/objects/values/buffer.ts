import { luaType } from '../../../lua/host/api.ts';
import { BareLuaError } from '../../../lua/host/errors.ts';
import { binaryString } from '../../../lua/values/binary-string.ts';
import type { HostObjects, ValueType } from '../../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../../lua/values/stack.ts';
import { byteOf, checkedIndex } from '../packets/payload.ts';

export type BufferType = ValueType;

/** haka.buffer(n): n zero bytes. */
export function bufferFunction(buffers: BufferType): HostFunction {
  return (stack) => {
    const length = stack.integer(1);
    if (length < 0) throw new BareLuaError(`a buffer can't have ${length} bytes`);
    stack.meter.checkSize(length);
    stack.meter.chargeBytes(length);
    buffers.push(stack, new Uint8Array(length));
    return 1;
  };
}

/** A copy of the bytes of a buffer or a string. */
export function bytesAt(stack: LuaStack, index: number, buffers: BufferType): Uint8Array {
  const type = stack.type(index);
  if (type === luaType.string || type === luaType.number) return stack.bytes(index);
  const bytes = buffers.at(stack, index).slice();
  stack.meter.chargeBytes(bytes.length);
  return bytes;
}

/** Buffers: bytes that Lua keeps, with `#` and `[]` from 1 on. */
export function defineBuffer(objects: HostObjects): BufferType {
  return objects.defineValue({
    name: 'buffer',
    length: (self) => self.length,
    element: (stack, self, index) => stack.pushNumber(self[checkedIndex(index, self.length)] ?? 0),
    setElement: (stack, self, index) => {
      const at = checkedIndex(index, self.length);
      self[at] = byteOf(stack);
    },
    text: (self) => binaryString(self),
  });
}
