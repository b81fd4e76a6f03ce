import type { Side } from '../../enforcer/hooks/connection-port.ts';

type Event = {
  readonly name: string;
  /** The side of the connection that it is about; null where there is no connection and no listener. */
  readonly side: Side | null;
  /** The number that MGM:enable_event and the like know it by; 0 where FortiADC gives none. */
  readonly code: number;
  /** What MGM:set_event calls it; '' where it can't be switched. */
  readonly word: string;
};

/**
 * The events of a script. Codes and words: FortiADC Script Reference Guide 8.0.0, "HTTP Scripting events" and
 * "MGM commands"; the words of the three stream events are Levee's own.
 */
export const events = [
  { name: 'RULE_INIT', side: null, code: 0, word: '' },
  { name: 'RULE_EXIT', side: null, code: 0, word: '' },
  { name: 'VS_LISTENER_BIND', side: 'client', code: 0x40_0000, word: 'vs_listener_bind' },
  { name: 'TCP_ACCEPTED', side: 'client', code: 0x40, word: 'tcp_accept' },
  { name: 'STREAM_CLIENT_INIT', side: 'client', code: 0, word: 'stream_client_init' },
  { name: 'SERVER_BEFORE_CONNECT', side: 'member', code: 0x1000, word: 'server_before_connect' },
  { name: 'SERVER_CONNECTED', side: 'member', code: 0x400, word: 'server_connected' },
  { name: 'STREAM_REQUEST_DATA', side: 'client', code: 0, word: 'stream_request_data' },
  { name: 'STREAM_RESPONSE_DATA', side: 'member', code: 0, word: 'stream_response_data' },
  { name: 'SERVER_CLOSED', side: 'member', code: 0x800, word: 'server_close' },
  { name: 'TCP_CLOSED', side: 'client', code: 0x80, word: 'tcp_close' },
] as const satisfies readonly Event[];

export type EventName = (typeof events)[number]['name'];

/** Other names of the same events: FortiADC's sockopt page (7.6.0) has the first two, FortiWeb the others. */
export const aliases: ReadonlyMap<string, EventName> = new Map<string, EventName>([
  ['TCP_BIND', 'VS_LISTENER_BIND'],
  ['BEFORE_CONNECT', 'SERVER_BEFORE_CONNECT'],
  ['CLIENT_ACCEPTED', 'TCP_ACCEPTED'],
  ['CLIENT_CLOSED', 'TCP_CLOSED'],
]);

const names: ReadonlyMap<string, EventName> = new Map([
  ...events.map(({ name }) => [name, name] as const),
  ...aliases,
]);

/** Every name that `when` takes. */
export const eventNames: readonly string[] = [...names.keys()];

/** Events of FortiADC and FortiWeb that a TCP proxy never sees. */
const elsewhere =
  /^(?:HTTP_|CLIENTSSL_|SERVERSSL_|WAF_|COOKIE_BAKE$|(?:BEFORE_)?AUTH|(?:POST_)?PERSIST|STREAM_PERSISTENCE$)/;

/** The event that `word` names, or undefined. */
export function eventNamed(word: string): EventName | undefined {
  return names.get(word);
}

/** Whether `word` names an event of HTTP, TLS or persistence, which FortiADC or FortiWeb have and Levee lacks. */
export function isEventElsewhere(word: string): boolean {
  return elsewhere.test(word);
}

const byName: ReadonlyMap<EventName, Event> = new Map(events.map((event) => [event.name, event]));

/** The side that commands act on in an event; null in RULE_INIT and RULE_EXIT. */
export function sideOf(event: EventName): Side | null {
  return byName.get(event)?.side ?? null;
}

/** The event that MGM:set_event and MGM:set_auto call `word`. */
export function eventOfWord(word: string): EventName | undefined {
  return events.find((event) => event.word !== '' && event.word === word)?.name;
}

/** The event that MGM:enable_event and the like mean by `code`. */
export function eventOfCode(code: number): EventName | undefined {
  return events.find((event) => event.code !== 0 && event.code === code)?.name;
}
