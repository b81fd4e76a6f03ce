import type { GlobalTable } from './global.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** ctime(3), in local time and without the line end. */
function localText(at: Date): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  const day = String(at.getDate()).padStart(2, ' ');
  return `${days[at.getDay()]} ${months[at.getMonth()]} ${day} ${time} ${at.getFullYear()}`;
}

function universalText(at: Date): string {
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(twoDigits).join(':');
  const date = `${twoDigits(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${days[at.getUTCDay()]} ${date} ${time} GMT`;
}

/** FortiADC Script Reference Guide 8.0.0, "Global commands"; time_ms is FortiWeb's. */
export const clock: GlobalTable = {
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
