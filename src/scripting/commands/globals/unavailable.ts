import { foreignFunctions } from '../../script/foreign.ts';
import { idle } from '../idle.ts';
import type { GlobalTable } from './global.ts';

/** Functions of FortiADC that Levee lacks. */
export const unavailable: GlobalTable = Object.fromEntries(
  [...foreignFunctions].map(([name, reason]) => [name, (stack) => idle(stack, reason)]),
);
