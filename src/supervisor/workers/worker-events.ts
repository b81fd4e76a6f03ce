import type { ScriptLine } from '../../enforcer/hooks/hooks.ts';
import type { Event } from '../../logs/records/events.ts';
import type { MemberEvent } from '../members/member-events.ts';

/** What the data plane reports besides violations. */
export type WorkerEvent =
  | MemberEvent
  /** What scripts say, and what is said of them. */
  | (ScriptLine & { readonly type: 'script-line'; readonly worker: number })
  /** It is tried again every few seconds. `worker` 0: the port can't be had at all. */
  | {
      readonly type: 'listener-failed';
      readonly address: string;
      readonly port: number;
      readonly policy: number;
      readonly worker: number;
      readonly message: string;
    }
  | {
      readonly type: 'listener-recovered';
      readonly address: string;
      readonly port: number;
      readonly policy: number;
    }
  /**
   * A worker that has ended is replaced; `connections`: what it held, now closed and given back. Without descriptors,
   * `refused` are the connections of all sources since the last such event of that worker, as far as they are known.
   */
  | Extract<Event, { readonly type: 'worker-ended' | 'descriptors-exhausted' }>
  /**
   * The last connection that was reset since its PROXY header was broken, missing or late; `connections`: how many
   * since the last such event of that worker and policy.
   */
  | {
      readonly type: 'proxy-header';
      readonly worker: number;
      readonly policy: number;
      readonly peer: string;
      readonly reason: string;
      readonly connections: number;
    };
