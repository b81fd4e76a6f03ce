import { endpointText } from '../policy/endpoints.ts';
import type { Endpoint } from '../policy/snapshot.ts';
import type { WorkerEvent } from './worker-events.ts';

/** An event of the data plane in a line for a person. */
export function eventText(event: WorkerEvent, policyName: (id: number) => string): string {
  switch (event.type) {
    case 'listener-failed':
      return listenerFailure(event, policyName);
    case 'listener-recovered':
      return `policy "${policyName(event.policy)}" listens on ${endpointText(event)} now`;
    case 'worker-ended':
      return `worker ${event.worker} has ended (${event.cause}); its ${event.connections} connections are closed and given back, and it is replaced`;
    case 'proxy-header':
      return `policy "${policyName(event.policy)}": ${counted(event.connections)} reset for want of a right PROXY header, the last from ${event.peer}: ${event.reason}`;
    case 'descriptors-exhausted':
      return `${counted(event.refused)} reset: all ${event.limit} descriptors are in use`;
  }
}

function counted(connections: number): string {
  return connections === 1 ? '1 connection was' : `${connections} connections were`;
}

type Failure = Endpoint & { readonly policy: number; readonly message: string };

/** That a policy does not listen, and why. */
export function listenerFailure(failure: Failure, policyName: (id: number) => string): string {
  return `policy "${policyName(failure.policy)}" can't listen on ${endpointText(failure)}: ${failure.message}; it is tried again`;
}
