import type { HostObjects, ValueType } from '../../lua/host-objects.ts';
import type { LuaStack } from '../../lua/stack.ts';

export type TimeType = ValueType;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => String(value).padStart(2, '0');

/** As ctime(3) prints it, in the local time zone, without the newline. */
export const timeText = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  const day = String(date.getDate()).padStart(2, ' ');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
};

const viewOf = (self: Uint8Array): DataView => new DataView(self.buffer, self.byteOffset, self.length);
const secondsOf = (self: Uint8Array): number => viewOf(self).getFloat64(0);
const microsecondsOf = (self: Uint8Array): number => viewOf(self).getUint32(8);

const BYTES = 12;

export const pushTime = (stack: LuaStack, times: TimeType, seconds: number, nanoseconds: number): void => {
  const value = new DataView(new ArrayBuffer(BYTES));
  value.setFloat64(0, seconds);
  value.setUint32(8, Math.floor(nanoseconds / 1000));
  times.push(stack, new Uint8Array(value.buffer));
};

/** Times since 1970, to the microsecond. */
export const defineTime = (objects: HostObjects): TimeType =>
  objects.defineValue({
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
