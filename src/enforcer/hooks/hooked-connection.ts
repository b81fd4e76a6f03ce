import { addressOf, withoutMappedPrefix } from '../../net/address.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { MemberSnapshot } from '../../policy/snapshot.ts';
import type { ConnectionFacts } from '../connection/facts.ts';
import type { ConnectionHost } from '../connection/host.ts';
import { sourceOf } from '../connection/report.ts';
import type { StreamPair } from '../connection/stream-pair.ts';
import type { Timer } from '../engine/engine.ts';
import type { OutgoingSocket, SourceAddress } from '../engine/outgoing-socket.ts';
import type { OptionSocket, SocketOption } from '../engine/socket-option.ts';
import type { CloseCause, SocketAddresses, Stream, StreamHandler } from '../engine/stream.ts';
import type { PoolMember } from '../pool/pool-member.ts';
import type { PolicyState } from '../worker/policy-state.ts';
import type { Address, ConnectionPort, Ends, Side } from './connection-port.ts';
import type { ConnectionHooks, PolicyHooks } from './hooks.ts';
import { tcpOptionIn } from './syn-option.ts';

/** Bytes that hooks may make one side wait for: they write without being asked, and whoever reads may not. */
const mostUnsent = 262_144;

/** What hooks reach of a connection, behind their port. */
export interface HookedRelay {
  readonly policy: PolicyState;
  readonly facts: ConnectionFacts;
  readonly streams: StreamPair;
  /** When a byte moved last, on the engine's clock. */
  activeAt: number;
  /** Bytes of a side, its end and that it is closed, as they come or when it is their turn. */
  data(stream: Stream, chunk: Uint8Array): void;
  ended(stream: Stream): void;
  closed(stream: Stream, cause: CloseCause): void;
  resume(side: Side): void;
  /** Other bytes wait in it than before. */
  tellWaiting(): void;
  /** Reads nothing more from a side until the other has taken what was written to it. */
  pause(side: Side): void;
  /** The client has had the time in which it was awaited. */
  late(): void;
  /** As `ConnectionPort` says. */
  finish(how: 'reject' | 'close'): void;
}

/** Bytes of a side. `isLast`, `isClosed`: it has ended behind them, and is closed by now. */
type Postponed = { readonly bytes: Uint8Array; isLast: boolean; isClosed: boolean };

/** A connection that hooks take part in: what they have asked for, and what of it must wait until it connects. */
export class HookedConnection implements ConnectionPort {
  readonly events: ConnectionHooks;
  readonly #connection: HookedRelay;
  readonly #host: ConnectionHost;
  readonly #hooks: PolicyHooks;
  /** Bytes of a side that wait for the turn of the hooks. */
  #postponed: Map<Side, Postponed> | null = null;
  #source: SourceAddress | null = null;
  /** The member that hooks have chosen, until it is connected to. */
  #reserved: PoolMember | null = null;
  /** Of the member that is about to be connected to; null at any other time. */
  #outgoing: OutgoingSocket | null = null;
  #isMemberOpen = false;
  /** Null: not asked for yet. */
  #client: Address | null = null;
  /** Of the client that is awaited. */
  #patience: Timer | null = null;
  /** Undefined: not asked for yet. */
  #syn: Uint8Array | null | undefined;

  constructor(connection: HookedRelay, host: ConnectionHost, hooks: PolicyHooks) {
    this.#connection = connection;
    this.#host = host;
    this.#hooks = hooks;
    // Once it is closed, nobody knows where it came from.
    connection.streams.clientAddresses();
    this.events = hooks.open(this);
  }

  get client(): Address {
    this.#client ??= clientOf(this.#connection);
    return this.#client;
  }

  get mustWait(): boolean {
    return this.#hooks.mustWait;
  }

  /** Whether bytes of a side are shown to the hooks, once a member is connected. */
  sees(side: Side): boolean {
    return side === 'client' ? this.events.seesRequests : this.events.seesResponses;
  }

  isPostponed(side: Side): boolean {
    return this.#postponed?.has(side) === true;
  }

  /** Bytes that wait for it. */
  get postponedBytes(): number {
    if (this.#postponed === null || this.#connection.streams.isReset) return 0;
    return this.#postponed.values().reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Keeps bytes until it is the turn of the hooks. Nothing more of their side is read before. */
  postpone(side: Side, chunk: Uint8Array): void {
    const postponed = { bytes: new Uint8Array(chunk), isLast: false, isClosed: false };
    this.#connection.pause(side);
    this.#postponed ??= new Map();
    this.#postponed.set(side, postponed);
    this.#hooks.inTurn(() => {
      this.#postponed?.delete(side);
      const stream = this.#connection.streams.of(side);
      // Null: it was reset meanwhile.
      if (stream !== null) this.#goOn(stream, side, postponed);
    });
  }

  /** Whether the end of a side has to wait, for bytes of it that wait. */
  postponesEnd(side: Side): boolean {
    const postponed = this.#postponed?.get(side);
    if (postponed !== undefined) postponed.isLast = true;
    return postponed !== undefined;
  }

  /** Likewise, that it is closed after an orderly end. */
  postponesClose(side: Side): boolean {
    const postponed = this.#postponed?.get(side);
    if (postponed !== undefined) postponed.isClosed = true;
    return postponed !== undefined;
  }

  #goOn(stream: Stream, side: Side, { bytes, isLast, isClosed }: Postponed): void {
    const connection = this.#connection;
    if (!connection.streams.isOver) {
      connection.resume(side);
      connection.data(stream, bytes);
      if (isLast && !connection.streams.isOver) connection.ended(stream);
    }
    if (isClosed) connection.closed(stream, 'finished');
  }

  /** The member that hooks have chosen, once. */
  takeReserved(): PoolMember | null {
    const reserved = this.#reserved;
    this.#reserved = null;
    return reserved;
  }

  /** Connects to a member, after the hooks had their say. Null: they have ended the connection. */
  connect({ address, port }: MemberSnapshot, handler: StreamHandler): Stream | null {
    const { engine } = this.#host;
    const label = this.#host.labelOf(this.#connection.policy.id, port);
    if (this.#source === null && !this.events.seesConnecting)
      return engine.connect(address, port, label, handler);
    const outgoing = engine.prepare(address, port, label);
    this.#outgoing = outgoing;
    this.events.beforeConnect();
    this.#outgoing = null;
    if (!this.#connection.streams.isOver) return outgoing.connect(this.#source, handler);
    outgoing.close();
    return null;
  }

  memberConnected(): void {
    this.#isMemberOpen = true;
    this.events.memberConnected();
  }

  /** The member's side is closed, or about to be now that the client's is. */
  memberClosed(): void {
    if (!this.#isMemberOpen) return;
    this.#isMemberOpen = false;
    this.events.memberClosed();
  }

  clientClosed(): void {
    this.#patience?.stop();
    this.memberClosed();
    this.takeReserved()?.release();
    this.events.closed();
  }

  get member(): Address | null {
    const chosen = this.#reserved ?? this.#connection.facts.member;
    return chosen === null ? null : { address: chosen.snapshot.address, port: chosen.snapshot.port };
  }

  ends(side: Side): Ends | null {
    const { streams } = this.#connection;
    const found = side === 'client' ? streams.clientAddresses() : this.#memberAddresses();
    return (
      found && {
        local: { address: found.localAddress, port: found.localPort },
        remote: { address: found.remoteAddress, port: found.remotePort },
      }
    );
  }

  getOption(side: Side, option: SocketOption): number | null {
    return this.#socket(side)?.getOption(option) ?? null;
  }

  setOption(side: Side, option: SocketOption, value: number): string | null {
    const socket = this.#socket(side);
    return socket === null ? 'there is no socket now' : socket.setOption(option, value);
  }

  awaitWithin(milliseconds: number): void {
    this.#patience ??= this.#host.engine.after(milliseconds, () => this.#connection.late());
  }

  finish(how: 'reject' | 'close'): void {
    this.#connection.finish(how);
  }

  setSourceAddress(wanted: Address): boolean {
    const { address, port } = wanted;
    const source = { address: withoutMappedPrefix(address), port };
    const isIpv6 = source.address.includes(':');
    const fits = (member: MemberSnapshot): boolean =>
      member.address !== '' && member.address.includes(':') === isIpv6;
    const { facts, policy } = this.#connection;
    const chosen = this.#outgoing === null ? null : facts.member;
    const isUseful = chosen === null ? policy.pool.some(fits) : fits(chosen.snapshot);
    if (!isUseful || !this.#host.engine.canConnectFrom(source)) return false;
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
    if (this.#syn === undefined) this.#syn = this.#connection.streams.client?.savedSyn() ?? null;
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
    this.#connection.policy.counters.blockStarted();
    engine.after(0, () => this.#host.blockStarted());
    return true;
  }

  send(side: Side, bytes: Uint8Array): boolean {
    const connection = this.#connection;
    const { streams } = connection;
    const stream = streams.of(side);
    if (stream === null || !streams.takesBytes(side)) return false;
    if (stream.unsent() + bytes.length > mostUnsent) return false;
    if (side === 'client') connection.facts.sent += bytes.length;
    connection.activeAt = this.#host.tickTime;
    if (bytes.length > 0 && !stream.write(bytes)) {
      connection.pause(side === 'client' ? 'member' : 'client');
    }
    connection.tellWaiting();
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
    const member = connection.policy.pool.find(host.sourceOf(connection.facts.ledgerEntry), null);
    return this.#reserve(member) && member !== null ? endpointText(member.snapshot) : '';
  }

  #reserve(member: PoolMember | null): boolean {
    if (member === null) return false;
    this.#reserved?.release();
    this.#reserved = member;
    return true;
  }

  #memberAddresses(): SocketAddresses | null {
    const { streams } = this.#connection;
    return streams.isEstablished ? (streams.member?.addresses() ?? null) : null;
  }

  #socket(side: Side): OptionSocket | null {
    if (side === 'member' && this.#outgoing !== null) return this.#outgoing;
    return this.#connection.streams.of(side);
  }
}

function clientOf({ facts, streams }: HookedRelay): Address {
  const ends = streams.clientAddresses();
  if (ends === null) return { address: '', port: 0 };
  const { source, sourcePort } = sourceOf(facts, ends);
  return { address: source, port: sourcePort };
}

/** What a script may call a member. */
function namesOf({ address, domain, port }: MemberSnapshot): readonly string[] {
  return (domain === '' ? [address] : [domain, address]).flatMap((name) => [
    name,
    endpointText({ address: name, port }),
  ]);
}
