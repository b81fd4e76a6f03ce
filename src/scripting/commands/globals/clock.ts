import { ctime } from '../../../lua/library/ctime.ts';
import type { GlobalTable } from './global.ts';

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
    stack.pushText(ctime(new Date(wallClock())));
    return 1;
  },
  gmtime: (stack, { wallClock }) => {
    stack.pushText(new Date(wallClock()).toUTCString().replace(',', ''));
    return 1;
  },
};
