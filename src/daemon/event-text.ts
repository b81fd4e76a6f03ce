import { endpointText } from '../policy/endpoints.ts';
import type { WorkerEvent } from './worker-events.ts';

/** An event of the data plane in a line for a person. */
export function eventText(event: WorkerEvent, policyName: (id: number) => string): string {
  switch (event.type) {
    case 'listener-failed':
      return `policy "${policyName(event.policy)}" can't listen on ${endpointText(event)}: ${event.message}; it is tried again`;
    case 'listener-recovered':
      return `policy "${policyName(event.policy)}" listens on ${endpointText(event)} now`;
    case 'worker-ended':
      return `worker ${event.worker} has ended (${event.cause}); its ${event.connections} connections are closed and given back, and it is replaced`;
    case 'descriptors-exhausted':
      return `${counted(event.refused)} reset: all ${event.limit} descriptors are in use`;
  }
}

function counted(connections: number): string {
  return connections === 1 ? '1 connection was' : `${connections} connections were`;
}
