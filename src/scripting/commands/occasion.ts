import { type EventName, events } from '../script/events.ts';

/** When a command is called: in an event, or in the callback of a timer. */
export type Occasion = EventName | 'TIMER';

export const allOccasions: readonly Occasion[] = [...events.map(({ name }) => name), 'TIMER'];

/** Occasions with a connection. */
export const onConnection: readonly Occasion[] = allOccasions.filter(
  (occasion) => !['RULE_INIT', 'RULE_EXIT', 'VS_LISTENER_BIND'].includes(occasion),
);

export function describeOccasion(occasion: Occasion): string {
  return occasion === 'TIMER' ? 'the callback of a timer' : occasion;
}
