import type { Event } from '../../logs/records/events.ts';
import type { PoolOutage } from './pool-outages.ts';

/**
 * What is reported of the members of pools, but for the policies of an outage as the event log has it. `member` is
 * `192.0.2.1:80`, or with a name `www.example.com:80`. When a check is refused, members are up as far as it is
 * concerned; when a name fails, what it meant before stays in use.
 */
export type MemberEvent = PoolOutage | Extract<Event, { readonly type: ToldOfMembers }>;

type ToldOfMembers = 'member-down' | 'member-up' | 'check-refused' | 'name-failed' | 'name-changed';
