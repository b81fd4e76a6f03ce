import type { HostObjects, ValueType } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';

export type TimeType = ValueType;

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** As ctime(3) prints it, in the local time zone, without the newline. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = String(date.getDate()).padStart(2, ' ');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}

function viewOf(self: Uint8Array): DataView {
  return new DataView(self.buffer, self.byteOffset, self.length);
}
function secondsOf(self: Uint8Array): number {
  return viewOf(self).getFloat64(0);
}
function microsecondsOf(self: Uint8Array): number {
  return viewOf(self).getUint32(8);
}

const bytes = 12;

export function pushTime(stack: LuaStack, times: TimeType, seconds: number, nanoseconds: number): void {
  const value = new DataView(new ArrayBuffer(bytes));
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
    text: (self) => timeText(secondsOf(self)),
  });
}
