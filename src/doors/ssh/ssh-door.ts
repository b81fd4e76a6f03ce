import { createServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Guest } from '../../cli/session/open-session.ts';
import { withoutMappedPrefix } from '../../net/address.ts';
import { doorOrigin } from '../../system/login.ts';
import { Shares } from '../../system/shares.ts';
import type { DoorKeeper, DoorSettings, NetworkDoor } from '../door.ts';
import { listening } from '../listening.ts';
import { Places } from '../places.ts';
import { type Stranger, Strangers } from '../strangers.ts';
import { algorithms } from './algorithms.ts';
import { type ClientServices, SshClient } from './client.ts';
import type { SshHostKeys } from './host-keys.ts';
import { sshLimits } from './limits.ts';
import { Pace } from './pace.ts';

export type SshServices = {
  readonly keeper: DoorKeeper;
  readonly hostKeys: SshHostKeys;
  /** Where the lines are kept that somebody types. */
  readonly historyFileOf: (guest: Guest) => string;
};

/** Opens a door for SSH. Rejects with the reason where its address and port can't be had, or a host key. */
export async function openSshDoor(
  settings: () => DoorSettings,
  { keeper, hostKeys, historyFileOf }: SshServices,
  limits = sshLimits,
): Promise<NetworkDoor> {
  const strangers = new Strangers(limits.strangers);
  const pace = new Pace(limits.pace, limits.strangers.each, () => performance.now());
  const guests = new Places<SshClient>(limits.guests);
  /** Those who may yet speak SSH, by the address and port that are theirs alone. */
  const silent = new Map<string, SshClient>();
  const services: ClientServices = {
    keeper,
    limits,
    received: new Shares(limits.received),
    historyFileOf,
    idleMinutes: () => settings().idleMinutes,
  };
  const protocol = new ssh2.Server(
    {
      hostKeys: [...hostKeys.private],
      ident: 'Levee',
      algorithms,
      get banner() {
        const { banner } = settings();
        return banner === '' || banner.endsWith('\n') ? banner : `${banner}\n`;
      },
    },
    (connection, { ip, port }) => silent.get(endOf(ip, port))?.begin(connection),
  );
  const accept = (socket: Socket): void => {
    const { remoteAddress, remotePort } = socket;
    const isTrusted = remoteAddress !== undefined && settings().trusts(withoutMappedPrefix(remoteAddress));
    if (!isTrusted || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const origin = doorOrigin(settings(), remoteAddress);
    const stranger: Stranger = { source: origin.peer, drop: () => socket.destroy() };
    const end = endOf(remoteAddress, remotePort);
    const grace = setTimeout(() => {
      strangers.remove(stranger);
      socket.destroy();
    }, limits.grace).unref();
    const known = (): void => {
      clearTimeout(grace);
      strangers.remove(stranger);
      silent.delete(end);
    };
    const client = new SshClient(socket, origin, services, (guest) => {
      const reason = guests.take(client, guest);
      if (reason === undefined) known();
      return reason;
    });
    socket.setNoDelay(true);
    socket.on('close', () => {
      known();
      guests.leave(client);
    });
    socket.on('error', () => socket.destroy());
    silent.set(end, client);
    strangers.add(stranger);
    const begin = (): void => {
      if (!socket.destroyed) protocol.injectSocket(socket);
    };
    const wait = pace.wait(origin.peer);
    if (wait === 0) begin();
    else setTimeout(begin, wait).unref();
  };
  const server = createServer({ pauseOnConnect: false }, accept);
  await listening(server, settings());
  const shut = (): void => {
    server.close();
    strangers.dropAll();
  };
  return {
    get guests() {
      return guests.count;
    },
    get strangers() {
      return strangers.count;
    },
    shut,
    close() {
      shut();
      for (const client of guests.taken) client.end();
    },
  };
}

function endOf(address: string, port: number): string {
  return `${address} ${port}`;
}
