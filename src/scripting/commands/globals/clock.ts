import type { GlobalTable } from './global.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** ctime(3), in local time and without the line end. */
const localText = (at: Date): string => {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  const day = String(at.getDate()).padStart(2, ' ');
  return `${DAYS[at.getDay()]} ${MONTHS[at.getMonth()]} ${day} ${time} ${at.getFullYear()}`;
};

const universalText = (at: Date): string => {
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(twoDigits).join(':');
  const date = `${twoDigits(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${DAYS[at.getUTCDay()]} ${date} ${time} GMT`;
};

/** FortiADC Script Reference Guide 8.0.0, "Global commands"; time_ms is FortiWeb's. */
export const CLOCK: GlobalTable = {
  time: (stack, { wallClock }) => {
    stack.pushInteger(Math.floor(wallClock() / 1000));
    return 1;
  },
  time_ms: (stack, { wallClock }) => {
    stack.pushInteger(Math.floor(wallClock()));
    return 1;
  },
  ctime: (stack, { wallClock }) => {
    stack.pushText(localText(new Date(wallClock())));
    return 1;
  },
  gmtime: (stack, { wallClock }) => {
    stack.pushText(universalText(new Date(wallClock())));
    return 1;
  },
};
