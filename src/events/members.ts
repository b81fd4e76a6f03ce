import { counted, wasOrWere } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// The members of pools: their health, their names, and policies that have none left.

/** `member`: `192.0.2.1:80`, or with a name `www.example.com:80`. */
type Member = { readonly pool: string; readonly member: string };
type Reason = { readonly reason: string };

export const memberDown = defineEvent({
  type: 'member-down',
  id: '11000003',
  level: 'error',
  action: 'health-check',
  isFailure: true,
  text: ({ pool, member, reason }: Member & Reason) =>
    `server ${member} of server pool "${pool}" is down: ${reason}`,
  details: { pool: ({ pool }) => pool, server: ({ member }) => member },
});

export const memberUp = defineEvent({
  type: 'member-up',
  id: '11000004',
  level: 'notification',
  action: 'health-check',
  text: ({ pool, member }: Member) => `server ${member} of server pool "${pool}" is up`,
  details: { pool: ({ pool }) => pool, server: ({ member }) => member },
});

/** The clients of a policy are reset from now on. */
export const noMember = defineEvent({
  type: 'no-member',
  id: '11000005',
  level: 'alert',
  action: 'choose-server',
  isFailure: true,
  text: ({ policy, reason }: { readonly policy: string } & Reason) =>
    `policy "${policy}" has no server left, ${reason}: its clients are reset`,
  details: { policy: ({ policy }) => policy },
});

/** A member takes the connections of a policy again. `clients`: how many were reset in between. */
export const memberAvailable = defineEvent({
  type: 'member-available',
  id: '11000006',
  level: 'notification',
  action: 'choose-server',
  text: ({ policy, clients }: { readonly policy: string; readonly clients: number }) =>
    `policy "${policy}" has a server again; ${counted(clients, 'client')} ${wasOrWere(clients)} reset`,
  details: { policy: ({ policy }) => policy, refused: ({ clients }) => clients },
});

/** The system does not let this kind of check be made: members are up as far as it is concerned. */
export const checkRefused = defineEvent({
  type: 'check-refused',
  id: '11000017',
  level: 'warning',
  action: 'health-check',
  isFailure: true,
  text: ({ check, reason }: { readonly check: string } & Reason) =>
    `no ${check} check can be made, and servers count as passing it: ${reason}`,
});

/** What the name meant before stays in use. */
export const nameFailed = defineEvent({
  type: 'name-failed',
  id: '11000018',
  level: 'error',
  action: 'resolve',
  isFailure: true,
  text: ({ name, reason }: { readonly name: string } & Reason) =>
    `the address of server "${name}" can't be found: ${reason}; it is tried again`,
  details: { server: ({ name }) => name },
});

/** `listening`: the policy that listens there. Until the name has another address, the server has none. */
export const nameLooped = defineEvent({
  type: 'name-looped',
  id: '11000041',
  level: 'error',
  action: 'resolve',
  isFailure: true,
  text: ({ name, address, listening }: Name & { readonly address: string; readonly listening: string }) =>
    `server "${name}" has the address ${address}, where policy "${listening}" of Levee itself listens: it is not used`,
  details: { server: ({ name }) => name, address: ({ address }) => ({ word: address }) },
});

type Name = { readonly name: string };

export const nameChanged = defineEvent({
  type: 'name-changed',
  id: '11000019',
  level: 'notification',
  action: 'resolve',
  text: ({ name, address }: { readonly name: string; readonly address: string }) =>
    `server "${name}" has the address ${address} now`,
  details: { server: ({ name }) => name, address: ({ address }) => ({ word: address }) },
});
