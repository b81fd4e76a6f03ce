import { eventKeys } from './event-record.ts';
import { commonKeys } from './record.ts';
import { trafficKeys } from './traffic-record.ts';
import { violationKeys } from './violation-record.ts';

/** Every key that a record can have. */
export const recordKeys: readonly string[] = [
  ...new Set([...commonKeys, ...violationKeys, ...eventKeys, ...trafficKeys]),
];
