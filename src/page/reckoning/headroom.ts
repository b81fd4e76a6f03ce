import { count } from './format.ts';

/** How near something is to its limit. */
export type Headroom = {
  /** 0 to 1; null: there is no limit. */
  readonly used: number | null;
  readonly level: 'fine' | 'near' | 'full';
  readonly text: string;
};

/** `used` of `limit`; a limit of 0 is none. */
export function headroomOf(used: number, limit: number): Headroom {
  if (limit <= 0) return { used: null, level: 'fine', text: `${count(used)}, no limit` };
  const share = Math.min(1, used / limit);
  const level = share >= 1 ? 'full' : share >= 0.8 ? 'near' : 'fine';
  return { used: share, level, text: `${count(used)} of ${count(limit)}` };
}
