import type { RaisedEvent } from '../../src/events/events.ts';

/** What a script has said, or what is said of one: how it came to be, and its text. Undefined: it is about something else. */
export function scriptLineOf(
  event: RaisedEvent,
): { readonly kind: string; readonly text: string } | undefined {
  switch (event.type) {
    case 'script-said':
      return { kind: event.isDebug ? 'debug' : 'log', text: event.message };
    case 'script-failed': {
      const place = event.line === 0 ? '' : `${event.script}:${event.line}: `;
      return { kind: 'error', text: `${place}${event.reason}` };
    }
    case 'script-switched-off':
      return { kind: 'switched-off', text: event.reason };
    case 'script-notice':
      return { kind: 'notice', text: event.reason };
    default:
      return undefined;
  }
}
