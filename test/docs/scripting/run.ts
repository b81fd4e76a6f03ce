import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { PolicySnapshot } from '../../../src/policy/snapshot.ts';
import { fromPeers } from '../../enforcer/proxied.ts';
import { freePort } from '../../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../../policy/snapshots.ts';
import { type Running, start } from '../../running/data-plane.ts';
import { scriptLineOf } from '../../running/script-lines.ts';
import { answer, ExampleClient, quoted, request } from './client.ts';
import type { Example } from './pages.ts';

/** What the ports of a run are called in the pages. */
const [FRONT, BACK, SECOND_BACK, OUTGOING] = ['8080', '8081', '8082', '50000'];
/** Of the two servers that an example has. */
const serverNames = [BACK, SECOND_BACK];

/** One example on a data plane: a policy of its own, with two servers of its own. */
class Stage {
  readonly example: Example;
  readonly policy: PolicySnapshot;
  readonly #clients: ExampleClient[] = [];
  readonly #names: Map<string, string>;
  /** Lines about each connection that a server had. */
  readonly #served: { unusual: string[]; received: string }[] = [];

  private constructor(example: Example, id: number, port: number, servers: readonly Server[]) {
    this.example = example;
    const ports = servers.map(portOf);
    this.#names = new Map(
      [[port, FRONT] as const, ...ports.map((of, index) => [of, serverNames[index]] as const)].map(
        ([of, name = '']) => [String(of), name],
      ),
    );
    for (const [index, server] of servers.entries())
      server.on('connection', (socket) => this.#serve(socket, index));
    this.policy = policyOf({
      id,
      name: `web${id}`,
      endpoints: [{ address: '127.0.0.1', port }],
      proxyProtocol: fromPeers('127.0.0.1'),
      members: ports.map((of) => memberOf(of, { pool: 'web' })),
      scripts: [{ id, name: 'example', text: this.#withPorts(example.code) }],
    });
  }

  static async make(context: TestContext, example: Example, id: number): Promise<Stage> {
    const servers = await Promise.all(serverNames.map(() => listening(context)));
    return new Stage(example, id, await freePort(), servers);
  }

  /** From the first client's SYN until the last one is gone. */
  async play(): Promise<void> {
    const { clients, silent, stays } = this.example;
    const [{ port } = { port: 0 }] = this.policy.endpoints;
    for (let number = 1; number <= clients; number++) {
      const client = new ExampleClient(port, number, silent);
      this.#clients.push(client);
      await client.served;
    }
    if (!silent && !stays) for (const client of this.#clients) client.leave();
    await Promise.all(this.#clients.map(({ closed }) => closed));
  }

  /** Lines of the log, then what clients and servers saw that was not as usual. */
  outcome({ events }: Running): readonly string[] {
    const log = events.flatMap((event) => {
      const line = scriptLineOf(event);
      const isMine = 'policy' in event && event.policy === this.policy.id;
      return line !== undefined && isMine ? [`${line.kind}: ${line.text}`] : [];
    });
    const alone = this.#clients.length === 1;
    const clients = this.#clients.flatMap(({ fate }, index) =>
      fate === '' ? [] : [`client${alone ? '' : ` ${index + 1}`}: ${fate}`],
    );
    return [...log, ...clients, ...this.#seenByServers(alone)].map((line) => this.#masked(line));
  }

  #seenByServers(alone: boolean): readonly string[] {
    const { length } = this.#served;
    if (length !== this.#clients.length)
      return [`server: ${length === 0 ? 'no' : length} connection${length > 1 ? 's' : ''}`];
    if (!alone) return [];
    return this.#served.flatMap(({ unusual, received }) => {
      const parts = [...unusual, ...(received === request ? [] : [`received ${quoted(received)}`])];
      return parts.length === 0 ? [] : [`server: ${parts.join(', ')}`];
    });
  }

  #serve(socket: Socket, index: number): void {
    const connection = { unusual: [] as string[], received: '' };
    this.#served.push(connection);
    if (index > 0) connection.unusual.push(`127.0.0.1:${serverNames[index]}`);
    if (socket.remoteAddress !== '127.0.0.1')
      connection.unusual.push(`connected from ${socket.remoteAddress}`);
    this.#names.set(String(socket.remotePort), OUTGOING);
    socket.setEncoding('latin1').on('data', (text: string) => {
      connection.received += text;
      if (connection.received.endsWith('\r\n\r\n')) socket.write(answer, 'latin1');
    });
    socket.on('error', () => socket.destroy());
  }

  /** The ports of the pages made those of the run. */
  #withPorts(code: string): string {
    const ports = new Map([...this.#names].map(([port, name]) => [name, port]));
    return code.replace(/\b\d{4}\b/g, (digits) => ports.get(digits) ?? digits);
  }

  /** On a busy machine it may be the time of a budget that is over first. */
  #masked(line: string): string {
    return line
      .replace(/\b\d{4,5}\b/g, (digits) => this.#names.get(digits) ?? digits)
      .replace('took more time than it may', 'took more instructions than it may');
  }
}

async function listening(context: TestContext): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Runs examples side by side on one data plane, and gives what came of each. */
export async function outcomesOf(
  context: TestContext,
  examples: readonly Example[],
): Promise<readonly (readonly string[])[]> {
  const running = start(context);
  const stages = await Promise.all(examples.map((example, index) => Stage.make(context, example, index + 1)));
  await running.workers.apply(snapshotOf(...stages.map(({ policy }) => policy)));
  await Promise.all(stages.map((stage) => stage.play()));
  await running.untilIdle();
  // The end of the policies is that of their scripts.
  await running.workers.apply(snapshotOf());
  await running.workers.stop();
  return stages.map((stage) => stage.outcome(running));
}
