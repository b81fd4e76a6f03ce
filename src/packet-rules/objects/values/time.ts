import { ctime } from '../../../lua/library/ctime.ts';
import type { HostObjects, ValueType } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';

export type TimeType = ValueType;

function viewOf(self: Uint8Array): DataView {
  return new DataView(self.buffer, self.byteOffset, self.length);
}
function secondsOf(self: Uint8Array): number {
  return viewOf(self).getFloat64(0);
}
function microsecondsOf(self: Uint8Array): number {
  return viewOf(self).getUint32(8);
}

const timeBytes = 12;

export function pushTime(stack: LuaStack, times: TimeType, seconds: number, nanoseconds: number): void {
  const value = new DataView(new ArrayBuffer(timeBytes));
  value.setFloat64(0, seconds);
  value.setUint32(8, Math.floor(nanoseconds / 1000));
  times.push(stack, new Uint8Array(value.buffer));
}

/** Times since 1970, to the microsecond. */
export function defineTime(objects: HostObjects): TimeType {
  return objects.defineValue({
    name: 'time',
    fields: {
      seconds: { get: (stack, self) => stack.pushNumber(secondsOf(self)) },
      micro_seconds: { get: (stack, self) => stack.pushNumber(microsecondsOf(self)) },
    },
    methods: {
      toseconds: (stack, self) => {
        stack.pushNumber(secondsOf(self) + microsecondsOf(self) / 1_000_000);
        return 1;
      },
    },
    text: (self) => ctime(new Date(secondsOf(self) * 1000)),
  });
}
