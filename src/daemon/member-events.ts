import type { Loss } from '../enforcer/pool/losses.ts';

/** What is reported of the members of pools. `member` is `192.0.2.1:80`, or with a name `www.example.com:80`. */
export type MemberEvent =
  | {
      readonly type: 'member-down';
      readonly pool: string;
      readonly member: string;
      readonly reason: string;
    }
  | { readonly type: 'member-up'; readonly pool: string; readonly member: string }
  | Loss
  /** The system does not let one kind of health check be made; members are up as far as it is concerned. */
  | { readonly type: 'check-refused'; readonly check: string; readonly reason: string }
  /** What the name meant before stays in use. */
  | { readonly type: 'name-failed'; readonly name: string; readonly reason: string }
  | { readonly type: 'name-changed'; readonly name: string; readonly address: string };
