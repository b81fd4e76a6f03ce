import { addressOf, withoutMappedPrefix } from '../../net/address.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { MemberSnapshot } from '../../policy/snapshot.ts';
import type { Connection } from '../connection/connection.ts';
import type { ConnectionHost } from '../connection/host.ts';
import { sourceOf } from '../connection/report.ts';
import type { Stream } from '../engine/engine.ts';
import type { PoolMember } from '../pool/pool-member.ts';
import { bindSource, canBind, openOutgoingSocket, type SourceAddress } from '../sockets/outgoing-socket.ts';
import { savedSyn, tcpOptionIn } from '../sockets/saved-syn.ts';
import { familyOf } from '../sockets/socket-address.ts';
import { readOption, type SocketKind, type SocketOption, writeOption } from '../sockets/socket-options.ts';
import { closeDescriptor, isOfDescriptors, SystemCallError } from '../sockets/system-calls.ts';
import type { Address, ConnectionPort, Ends, Side } from './connection-port.ts';
import type { ConnectionHooks, PolicyHooks } from './hooks.ts';

/** Bytes that hooks may make one side wait for: they write without being asked, and whoever reads may not. */
const mostUnsent = 262_144;

/** A connection that hooks take part in: what they have asked for, and what of it can't be done before it connects. */
export class HookedConnection implements ConnectionPort {
  readonly client: Address;
  readonly events: ConnectionHooks;
  readonly #connection: Connection;
  readonly #host: ConnectionHost;
  #source: SourceAddress | null = null;
  /** A place that hooks have taken on a member, before its turn. */
  #reserved: PoolMember | null = null;
  /** A member is about to be connected to: its socket can be made. */
  #isPreparing = false;
  /** That socket; -1 when nobody wanted it. */
  #outgoing = -1;
  #isServerOpen = false;
  /** Undefined: not asked for yet. */
  #syn: Uint8Array | null | undefined;

  constructor(connection: Connection, host: ConnectionHost, hooks: PolicyHooks) {
    this.#connection = connection;
    this.#host = host;
    const ends = connection.keepEnds();
    const party = ends === null ? { source: '', sourcePort: 0 } : sourceOf(connection, ends);
    this.client = { address: party.source, port: party.sourcePort };
    this.events = hooks.open(this);
  }

  /** The member that hooks have chosen, once. */
  takeReserved(): PoolMember | null {
    const reserved = this.#reserved;
    this.#reserved = null;
    return reserved;
  }

  /** Connects to a member, after the hooks had their say. Null: they have ended the connection. */
  connect({ snapshot }: PoolMember): Stream | null {
    this.#isPreparing = true;
    this.events.beforeConnect();
    this.#isPreparing = false;
    let socket = this.#outgoing;
    this.#outgoing = -1;
    if (this.#connection.isOver) {
      if (socket >= 0) closeDescriptor(socket);
      return null;
    }
    const source = this.#source;
    try {
      if (source !== null) {
        if (socket < 0) socket = openOutgoingSocket(snapshot.address);
        bindSource(socket, source);
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      if (socket >= 0) closeDescriptor(socket);
      return this.#host.connectFailed(isOfDescriptors(error.code) ? 'exhausted' : 'failed', this.#connection);
    }
    return this.#host.connect(snapshot.address, snapshot.port, socket < 0 ? null : socket, this.#connection);
  }

  memberConnected(): void {
    this.#isServerOpen = true;
    this.events.memberConnected();
  }

  /** The server's side is closed, or about to be now that the client's is. */
  memberClosed(): void {
    if (!this.#isServerOpen) return;
    this.#isServerOpen = false;
    this.events.memberClosed();
  }

  clientClosed(): void {
    this.memberClosed();
    this.takeReserved()?.release();
    this.events.closed();
  }

  get member(): Address | null {
    const chosen = this.#reserved ?? this.#connection.place;
    return chosen === null ? null : { address: chosen.snapshot.address, port: chosen.snapshot.port };
  }

  ends(side: Side): Ends | null {
    const { ends } = this.#connection;
    const found = side === 'client' ? ends : (this.#serverStream?.addresses() ?? null);
    return (
      found && {
        local: { address: found.localAddress, port: found.localPort },
        remote: { address: found.remoteAddress, port: found.remotePort },
      }
    );
  }

  getOption(side: Side, option: SocketOption): number | null {
    return readOption(this.#descriptor(side), option, this.#kind(side));
  }

  setOption(side: Side, option: SocketOption, value: number): string | null {
    return writeOption(this.#descriptor(side), option, this.#kind(side), value);
  }

  finish(how: 'reject' | 'close'): void {
    this.#connection.finish(how);
  }

  setSourceAddress(wanted: Address): boolean {
    const { address, port } = wanted;
    const source = { address: withoutMappedPrefix(address), port };
    const family = familyOf(source.address);
    const fits = (member: MemberSnapshot): boolean =>
      member.address !== '' && familyOf(member.address) === family;
    const { place, policy } = this.#connection;
    const isUseful = this.#isPreparing && place !== null ? fits(place.snapshot) : policy.pool.some(fits);
    if (!isUseful || !canBind(source)) return false;
    this.#source = source;
    return true;
  }

  clearSourceAddress(): boolean {
    const had = this.#source !== null;
    this.#source = null;
    return had;
  }

  tcpOption(side: Side, kind: number): Uint8Array | null {
    if (side === 'member') return null;
    if (this.#syn === undefined) this.#syn = savedSyn(this.#descriptor('client'));
    return this.#syn && tcpOptionIn(this.#syn, kind);
  }

  count(address: string | null): number {
    const words = addressOf(address ?? this.client.address);
    return words === null ? 0 : this.#host.gate.sources.countOf(this.#connection.policy.limit, words);
  }

  block(seconds: number): boolean {
    const words = addressOf(this.client.address);
    const { engine, gate } = this.#host;
    if (words === null || !gate.sources.block(this.#connection.policy.limit, words, seconds, engine.now()))
      return false;
    engine.after(0, () => this.#host.blockStarted());
    return true;
  }

  send(side: Side, bytes: Uint8Array): boolean {
    const connection = this.#connection;
    const stream = connection.streamOf(side);
    if (stream === null || !connection.takesBytes(side)) return false;
    if (stream.unsent() + bytes.length > mostUnsent) return false;
    if (side === 'client') connection.sent += bytes.length;
    connection.activeAt = this.#host.tickTime;
    if (bytes.length > 0 && !stream.write(bytes)) {
      connection.streamOf(side === 'client' ? 'member' : 'client')?.pause();
    }
    return true;
  }

  pools(): readonly string[] {
    const pool = this.pool();
    return pool === '' ? [] : [pool];
  }

  pool(): string {
    return this.#connection.policy.snapshot.members[0]?.pool ?? '';
  }

  choosePool(name: string): boolean {
    return name !== '' && name === this.pool();
  }

  chooseMember(name: string): boolean {
    return this.#reserve(this.#connection.policy.pool.reserve((member) => namesOf(member).includes(name)));
  }

  chooseMemberAt({ address, port }: Address): boolean {
    const wanted = endpointText({ address: withoutMappedPrefix(address), port });
    return this.#reserve(this.#connection.policy.pool.reserve((member) => endpointText(member) === wanted));
  }

  assignMember(): string {
    const connection = this.#connection;
    const host = this.#host;
    const member = connection.policy.pool.find(host.sourceOf(connection), null);
    return this.#reserve(member) && member !== null ? endpointText(member.snapshot) : '';
  }

  #reserve(member: PoolMember | null): boolean {
    if (member === null) return false;
    this.#reserved?.release();
    this.#reserved = member;
    return true;
  }

  get #serverStream(): Stream | null {
    const { established } = this.#connection;
    return established ? this.#connection.streamOf('member') : null;
  }

  #descriptor(side: Side): number {
    if (side === 'member' && this.#isPreparing) return this.#prepared();
    return this.#connection.streamOf(side)?.descriptor() ?? -1;
  }

  /** The socket of the member that is about to be connected to; -1 when there is none to be had. */
  #prepared(): number {
    const { place } = this.#connection;
    if (this.#outgoing >= 0 || place === null) return this.#outgoing;
    try {
      this.#outgoing = openOutgoingSocket(place.snapshot.address);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
    return this.#outgoing;
  }

  #kind(side: Side): SocketKind {
    const { ends, place } = this.#connection;
    const address = side === 'client' ? ends?.localAddress : place?.snapshot.address;
    return { ipv6: address?.includes(':') === true, connecting: side === 'member' };
  }
}

/** What a script may call a member. */
function namesOf({ address, domain, port }: MemberSnapshot): readonly string[] {
  return (domain === '' ? [address] : [domain, address]).flatMap((name) => [
    name,
    endpointText({ address: name, port }),
  ]);
}
