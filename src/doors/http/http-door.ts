import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Entrant } from '../../cli/session/open-session.ts';
import { withoutMappedPrefix } from '../../net/address.ts';
import { doorOrigin } from '../../system/login.ts';
import { reasonOf } from '../../text/reason.ts';
import type { DoorSettings, NetworkDoor } from '../door.ts';
import { listening } from '../listening.ts';
import { Places } from '../places.ts';
import { type Stranger, Strangers } from '../strangers.ts';
import { bodyOf } from './body.ts';
import { keepRenewed, minVersion } from './certificate/renewal.ts';
import { type OwnCertificate, tlsOf } from './certificate/tls-files.ts';
import { type Examine, examineHeaders, examineHost, routeOf, targetOf } from './examination.ts';
import { type Outlet, Refusal, type Refuse, type Reply, type Routes } from './exchange.ts';
import { httpLimits } from './limits.ts';

/** Those who may stay, as whoever changes the door itself: what they ask comes over new connections, too. */
export type Staying = {
  /** Whether one of them is at an address. */
  isAt(address: string): boolean;
  /** Whether a request from there is one of theirs. */
  asks(headers: IncomingHttpHeaders, address: string): boolean;
};

export type HttpServices = {
  readonly routes: Routes;
  readonly refuse: Refuse;
  /** Throws a Refusal where a request comes from a page that must not ask. */
  readonly examine: Examine;
  readonly certificate: OwnCertificate;
  /** Hears of what went wrong without anybody's fault. */
  readonly failed: (path: string, reason: string) => void;
  /** Who has come in, and goes on although the door trusts them no more. */
  readonly staying?: Staying;
  /** The door is shut: what its guests have here is over. */
  readonly shut?: () => void;
};

/** Nothing that is answered here is a page, may be kept, or is for a page of others. */
const safety: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Opens a door for HTTP. Rejects with the reason where its address and port can't be had, or its certificate. */
export async function openHttpDoor(
  settings: () => DoorSettings,
  services: HttpServices,
  limits = httpLimits,
): Promise<NetworkDoor> {
  const strangers = new Strangers(limits.strangers);
  const guests = new Places<Socket>(limits.guests);
  /** Connections by the address and port that are theirs alone. */
  const present = new Map<string, { readonly socket: Socket; readonly stranger: Stranger }>();
  let isShut = false;

  const admit = (end: string, entrant: Entrant): void => {
    const one = present.get(end);
    if (one === undefined || guests.has(one.socket)) return;
    const reason = guests.take(one.socket, entrant);
    if (reason !== undefined) throw new Refusal(503, reason);
    strangers.remove(one.stranger);
  };

  const answer = async (request: IncomingMessage, gone: AbortSignal): Promise<Reply> => {
    const { headers, headersDistinct, socket } = request;
    const door = settings();
    const { path, query } = targetOf(request.url ?? '');
    examineHeaders(headersDistinct);
    examineHost(headers, {
      address: withoutMappedPrefix(socket.localAddress ?? ''),
      hostNames: door.hostNames,
    });
    const { route, method } = routeOf(services.routes, path, request.method ?? '');
    services.examine({ method, path, headers, isSecure: door.tls !== null });
    const found = route[method];
    if (found === undefined) throw new Error(`${path} has no ${method}`);
    return await found({
      method,
      path,
      query,
      headers,
      origin: doorOrigin(door, socket.remoteAddress ?? ''),
      signal: gone,
      body: (longest = limits.bodySize) => bodyOf(request, longest),
      admit: (entrant) => admit(endOf(socket), entrant),
    });
  };

  /** One request at a time on each connection: whoever sends many has no more work done at once than others. */
  const answering = new WeakSet<Socket>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, headers } = request;
    const address = withoutMappedPrefix(socket.remoteAddress ?? '');
    // Who was trusted when they connected may be no more.
    const isLet = settings().trusts(address) || services.staying?.asks(headers, address) === true;
    if (answering.has(socket) || !isLet) {
      socket.destroy();
      return;
    }
    answering.add(socket);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let reply: Reply;
    try {
      reply = await answer(request, gone.signal);
    } catch (error) {
      const known = error instanceof Refusal ? error : undefined;
      if (known === undefined && !gone.signal.aborted) services.failed(request.url ?? '', reasonOf(error));
      reply = services.refuse(known?.status ?? 500, known?.message ?? 'this failed; the event log says why');
    }
    // What is left of a body that nobody wants is not read.
    const isOver = isShut || !request.complete;
    const stream = typeof reply.body === 'function' ? reply.body : undefined;
    const body = typeof reply.body === 'function' ? undefined : Buffer.from(reply.body);
    response.writeHead(reply.status, {
      ...safety,
      'Content-Type': reply.type,
      ...(body && { 'Content-Length': body.length }),
      ...reply.headers,
      ...(isOver ? { Connection: 'close' } : {}),
    });
    if (stream !== undefined && request.method !== 'HEAD') {
      response.once('close', () => answering.delete(socket));
      response.flushHeaders();
      stream(outletOf(response));
      return;
    }
    answering.delete(socket);
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  const server = await serverOf(settings(), services, limits);
  server.on('request', (request, response) => void serve(request, response));
  server.on('connection', (socket: Socket) => {
    const address = withoutMappedPrefix(socket.remoteAddress ?? '');
    const isLet = settings().trusts(address) || services.staying?.isAt(address) === true;
    if (address === '' || !isLet) {
      socket.destroy();
      return;
    }
    const end = endOf(socket);
    const stranger = { source: doorOrigin(settings(), address).peer, drop: () => socket.destroy() };
    present.set(end, { socket, stranger });
    strangers.add(stranger);
    socket.setNoDelay(true);
    socket.once('close', () => {
      present.delete(end);
      strangers.remove(stranger);
      guests.leave(socket);
    });
  });
  await listening(server, settings());
  const shut = (): void => {
    isShut = true;
    services.shut?.();
    server.close();
    server.closeIdleConnections();
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
      for (const socket of guests.taken) socket.destroy();
    },
  };
}

function outletOf(response: ServerResponse): Outlet {
  return {
    get isBehind() {
      return response.writableLength > 0;
    },
    write(text) {
      if (!response.writableEnded) response.write(text);
    },
    end() {
      response.end();
    },
  };
}

function endOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}

async function serverOf(
  { tls }: DoorSettings,
  { certificate, failed }: Pick<HttpServices, 'certificate' | 'failed'>,
  limits: typeof httpLimits,
): Promise<Server> {
  const options = {
    headersTimeout: limits.head,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.rest,
    connectionsCheckingInterval: limits.look,
    maxHeaderSize: limits.headSize,
  };
  const server = await (async () => {
    if (tls === null) return createServer(options);
    const pair = tlsOf(tls, certificate);
    const { createServer: createSecureServer } = await import('node:https');
    const secure = createSecureServer({
      ...options,
      key: pair.key,
      cert: pair.certificate,
      minVersion,
      handshakeTimeout: limits.handshake,
    });
    keepRenewed(secure, tls, certificate, limits.renewal, (reason) => failed('its certificate', reason));
    return secure;
  })();
  server.timeout = limits.silence;
  return server;
}
