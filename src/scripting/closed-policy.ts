import type { ConnectionPort } from '../enforcer/hooks/connection-port.ts';
import type { ConnectionHooks, PolicyHooks } from '../enforcer/hooks/hooks.ts';

/** In the place of scripts that can't run, where nobody gets in without them. */
export const closedPolicy: PolicyHooks = {
  savesSyns: false,
  mustWait: false,
  inTurn: (callback) => callback(),
  listening: () => {},
  open: (port) => new ClosedConnection(port),
  retire: () => {},
};

/** It is reset as soon as it is admitted. */
class ClosedConnection implements ConnectionHooks {
  readonly awaitsClient = false;
  readonly seesConnecting = false;
  readonly seesRequests = false;
  readonly seesResponses = false;
  readonly #port: ConnectionPort;

  constructor(port: ConnectionPort) {
    this.#port = port;
  }

  accepted(): void {
    this.#port.finish('reject');
  }

  clientData(): boolean {
    return false;
  }

  beforeConnect(): void {}
  memberConnected(): void {}

  request(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  response(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  memberClosed(): void {}
  closed(): void {}
}
