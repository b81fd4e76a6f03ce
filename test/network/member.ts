import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from './ports.ts';

/** A server that Levee relays to. Its port stays its own when it stops listening. */
export class Member {
  readonly server: Server;
  readonly sockets = new Set<Socket>();
  /** Connections that it has ever had. */
  accepted = 0;

  constructor(behave: (socket: Socket) => void) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.accepted++;
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      behave(socket);
    });
  }

  get port(): number {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the member does not listen');
    return address.port;
  }

  async listen(host: string): Promise<void> {
    this.server.listen(await freePort(), host);
    await once(this.server, 'listening');
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** Greets with one byte, echoes, and ends when the client does. */
export function echo(socket: Socket): void {
  socket.write('!');
  socket.pipe(socket);
}

export async function startMember(
  context: TestContext,
  behave: (socket: Socket) => void = echo,
  host = '127.0.0.1',
): Promise<Member> {
  const member = new Member(behave);
  await member.listen(host);
  context.after(() => member.close());
  return member;
}
