import type { ScriptLine } from '../enforcer/hooks/hooks.ts';
import { eventMessage } from '../logs/records/event-message.ts';
import type { Event } from '../logs/records/events.ts';
import { type Endpoint, endpointText } from '../net/endpoint.ts';
import type { WorkerEvent } from '../supervisor/workers/worker-events.ts';

type PolicyName = (id: number) => string;

/** What the data plane reports, for the event log. */
export function dataPlaneEvent(event: WorkerEvent, policyName: PolicyName): Event {
  switch (event.type) {
    case 'listener-failed':
      return listenerFailed(event, policyName);
    case 'listener-recovered':
      return { type: event.type, policy: policyName(event.policy), endpoint: endpointText(event) };
    case 'no-member':
    case 'member-available':
      return { ...event, policy: policyName(event.policy) };
    case 'member-down':
    case 'member-up':
    case 'check-refused':
    case 'name-failed':
    case 'name-changed':
    case 'worker-ended':
    case 'descriptors-exhausted':
      return event;
    case 'script-line':
      return scriptEvent(event, policyName(event.policy));
    case 'proxy-header':
      return {
        type: 'proxy-header-refused',
        policy: policyName(event.policy),
        peer: event.peer,
        reason: event.reason,
        refused: event.connections,
      };
  }
}

/** `SCRIPT:LINE: MESSAGE`, as Lua tells an error. */
const errorPlace = /^[^\n:]*:(?<line>\d+): (?<reason>.*)$/s;

function scriptEvent({ kind, script, occasion, message }: ScriptLine, policy: string): Event {
  switch (kind) {
    case 'log':
    case 'debug':
      return { type: 'script-said', policy, script, occasion, isDebug: kind === 'debug', message };
    case 'error': {
      const { line = '0', reason = message } = errorPlace.exec(message)?.groups ?? {};
      return { type: 'script-failed', policy, script, line: Number(line), reason };
    }
    case 'switched-off':
      return { type: 'script-switched-off', policy, script, reason: message };
    case 'notice':
      return { type: 'script-notice', policy, reason: message };
  }
}

type Failure = Endpoint & { readonly policy: number; readonly message: string };

function listenerFailed(failure: Failure, policyName: PolicyName): Event {
  return {
    type: 'listener-failed',
    policy: policyName(failure.policy),
    endpoint: endpointText(failure),
    reason: failure.message,
  };
}

/** That a policy does not listen, and why, for whoever has committed it. */
export function listenerFailure(failure: Failure, policyName: PolicyName): string {
  return eventMessage(listenerFailed(failure, policyName));
}

/** What an administrator has done or has asked for, or what may come often: it need not be told at the prompt. */
const expected: ReadonlySet<Event['type']> = new Set([
  'started',
  'stopped',
  'configuration-changed',
  'configuration-changed-more',
  'reloaded',
  'login',
  'login-refused',
  'logout',
  'block-lifted',
  'script-said',
  'script-failed',
]);

/** An event in a line for whoever watches the process; undefined: it is for the log alone. */
export function toldText(event: Event): string | undefined {
  return expected.has(event.type) ? undefined : eventMessage(event);
}
