import type { TrafficCause } from '../verdict/records.ts';
import type { ConnectionHost } from './connection-host.ts';
import type { CloseCause, SocketAddresses, Stream, StreamHandler } from './engine.ts';
import type { Introduction, PolicyState } from './policy-state.ts';
import type { PoolMember } from './pool/pool-member.ts';
import { endsOf } from './proxy-protocol/ends.ts';
import type { Announced } from './proxy-protocol/header.ts';
import { HeaderReader } from './proxy-protocol/header-reader.ts';
import { writeHeader } from './proxy-protocol/write-header.ts';

/** Client bytes that are kept while the member connects. The read that reaches it may add one more chunk. */
const HELD_BYTES = 65_536;

/** Where a connection is in its life. `half-closed`: one side has ended its direction. */
export type ConnectionState = 'header' | 'connecting' | 'established' | 'half-closed';

/** One client, one member, and the bytes between them: TCP's half-close, back-pressure and resets are passed on. */
export class Connection implements StreamHandler {
  /** Neighbours in the policy's list, kept by the policy. */
  previous: Connection | null = null;
  next: Connection | null = null;
  /** The entry in the worker's ledger; -1 when it has none any more. */
  ledgerEntry: number;
  readonly policy: PolicyState;
  readonly introduction: Introduction;
  /** The member that it was given last, also after the member has closed; null before the first. */
  place: PoolMember | null = null;
  /** What the PROXY header said; null without one, or where it names nobody. */
  announced: Announced | null = null;
  /** Since it was accepted, or admitted after its header: milliseconds on the engine's clock. */
  openedAt: number;
  /** Bytes from the client, its PROXY header apart, and to the client. */
  received = 0;
  sent = 0;
  /** The member has taken the connection. */
  established = false;
  /** How it came to its end; null before. */
  cause: TrafficCause | null = null;
  /** Of the client, kept where they are needed after its end. */
  ends: SocketAddresses | null = null;
  private readonly host: ConnectionHost;
  private client: Stream | null;
  private member: Stream | null = null;
  private header: HeaderReader | null;
  private held: Uint8Array[] = NOTHING_HELD;
  private heldBytes = 0;
  /** Row ids of members that it has tried in vain. */
  private tried: number[] | null = null;
  private clientEnded = false;
  private memberEnded = false;
  private hasSpoken = false;
  private isSilent = false;
  private cutOff = false;
  private activeAt: number;

  constructor(
    host: ConnectionHost,
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
  ) {
    this.host = host;
    this.policy = policy;
    this.ledgerEntry = ledgerEntry;
    this.client = client;
    this.introduction = introduction;
    this.header = introduction === 'none' ? null : new HeaderReader();
    this.openedAt = host.engine.now();
    this.activeAt = this.openedAt;
  }

  /** Its entry in the ledger is in use: its source was let in, and the client's descriptor is open. */
  get isCounted(): boolean {
    return this.client !== null && this.ledgerEntry >= 0;
  }

  /** The client's descriptor is open. */
  get isOpen(): boolean {
    return this.client !== null;
  }

  get state(): ConnectionState {
    if (this.header !== null) return 'header';
    if (!this.established) return 'connecting';
    return this.clientEnded || this.memberEnded ? 'half-closed' : 'established';
  }

  /** Begins to read from the client, and to connect to a member unless the client has to say first who it is. */
  start(): void {
    if (this.policy.snapshot.trafficLog) this.keepEnds();
    this.client?.open(this);
    if (this.header === null) this.connectMember();
  }

  /** The ends of the client's connection; null when it is closed and nobody has kept them. */
  keepEnds(): SocketAddresses | null {
    this.ends ??= this.client?.addresses() ?? null;
    return this.ends;
  }

  /** Resets both sides. */
  cut(): void {
    this.end('cut');
  }

  /** Called once per tick. An established connection is idle when no byte moves. */
  expire(now: number, idleTimeout: number, headerTimeout: number, silentAfter: number): void {
    if (this.header !== null) {
      if (now - this.openedAt >= headerTimeout)
        this.refuseHeader(`no PROXY header within ${headerTimeout / 1000} s`);
      return;
    }
    if (!this.hasSpoken && !this.isSilent && this.client !== null && now - this.openedAt >= silentAfter) {
      this.isSilent = true;
      this.host.fellSilent(this);
    }
    const silence = now - this.activeAt;
    if (this.established) {
      if (silence >= idleTimeout) this.end('idle');
    } else if (silence >= this.policy.snapshot.connectTimeout) {
      this.member?.reset();
    }
  }

  connected(stream: Stream): void {
    if (stream !== this.member || this.client === null) return;
    this.established = true;
    this.policy.pool.connected();
    this.activeAt = this.host.tickTime;
    let ready = this.introduce(stream, this.client);
    for (const chunk of this.held) ready = stream.write(chunk);
    this.held = NOTHING_HELD;
    if (this.clientEnded) stream.end();
    else if (ready) this.client.resume();
    else this.client.pause();
  }

  data(stream: Stream, chunk: Uint8Array): void {
    if (stream === this.member) {
      this.activeAt = this.host.tickTime;
      this.sent += chunk.length;
      if (this.client !== null && !this.client.write(chunk)) stream.pause();
    } else if (this.header !== null) {
      this.readHeader(this.header, stream, chunk);
    } else {
      this.fromClient(stream, chunk);
    }
  }

  ended(stream: Stream): void {
    if (stream === this.member) {
      this.memberEnded = true;
      this.client?.end();
    } else if (this.header !== null) {
      this.refuseHeader('ended before its PROXY header');
    } else {
      this.clientEnded = true;
      if (this.established) this.member?.end();
    }
    if (this.established) this.activeAt = this.host.tickTime;
  }

  drained(stream: Stream): void {
    this.activeAt = this.host.tickTime;
    if (stream === this.member) this.client?.resume();
    else this.member?.resume();
  }

  closed(stream: Stream, cause: CloseCause): void {
    if (stream === this.client) this.clientClosed(cause);
    else this.memberClosed(cause);
    if (this.client === null && this.member === null) this.host.finished(this);
  }

  private clientClosed(cause: CloseCause): void {
    if (cause === 'reset') {
      if (this.header !== null && !this.cutOff) this.host.headerFailed(this, 'reset before its PROXY header');
      this.cause ??= 'client-reset';
    }
    this.client = null;
    this.held = NOTHING_HELD;
    this.host.clientClosed(this);
    // After an orderly end the member may still have bytes to take.
    if (cause !== 'finished') this.member?.reset();
  }

  private memberClosed(cause: CloseCause): void {
    this.member = null;
    this.place?.giveBack();
    this.host.memberClosed();
    if (this.established) {
      if (cause === 'reset') this.cause ??= 'member-reset';
      if (cause !== 'finished') this.client?.reset();
    } else if (cause === 'exhausted') {
      this.host.outOfDescriptors(1);
      this.end('no-member');
    } else if (!this.cutOff && this.client !== null) {
      this.tryNext();
    }
  }

  private end(cause: TrafficCause): void {
    this.cutOff = true;
    this.cause ??= cause;
    this.client?.reset();
    this.member?.reset();
  }

  private readHeader(header: HeaderReader, client: Stream, chunk: Uint8Array): void {
    const progress = header.take(chunk);
    if (progress.kind === 'more') return;
    if (progress.kind === 'broken') {
      this.refuseHeader(progress.reason);
      return;
    }
    this.announced = progress.announced;
    if (!this.host.identified(this)) {
      this.end('cut');
      return;
    }
    this.header = null;
    this.openedAt = this.host.engine.now();
    if (progress.rest.length > 0) this.fromClient(client, progress.rest);
    this.connectMember();
  }

  private refuseHeader(reason: string): void {
    if (this.cutOff) return;
    this.host.headerFailed(this, reason);
    this.end('cut');
  }

  private fromClient(client: Stream, chunk: Uint8Array): void {
    if (!this.hasSpoken) {
      this.hasSpoken = true;
      if (this.isSilent) this.host.spoke(this);
    }
    this.received += chunk.length;
    if (!this.established) {
      this.hold(client, chunk);
    } else {
      this.activeAt = this.host.tickTime;
      if (this.member !== null && !this.member.write(chunk)) client.pause();
    }
  }

  private hold(client: Stream, chunk: Uint8Array): void {
    if (this.held === NOTHING_HELD) this.held = [];
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes >= HELD_BYTES) client.pause();
  }

  /** Tells a member that wants to know for whom it was connected to. */
  private introduce(member: Stream, client: Stream): boolean {
    const version = this.place?.snapshot.proxyProtocol ?? null;
    if (version === null) return true;
    return member.write(writeHeader(version, this.announced ?? endsOf(client.addresses())));
  }

  /** Every member that takes connections is tried once, then the client is refused. */
  private tryNext(): void {
    if (this.place !== null) {
      this.tried ??= [];
      this.tried.push(this.place.id);
    }
    this.connectMember();
  }

  private connectMember(): void {
    const place = this.policy.pool.choose(this.host.sourceOf(this), this.tried);
    if (place === null) {
      this.end('no-member');
      return;
    }
    this.place = place;
    this.activeAt = this.host.tickTime;
    this.member = this.host.connect(place.snapshot.address, place.snapshot.port, this);
  }
}

/** Shared by every connection that holds no bytes. */
const NOTHING_HELD: Uint8Array[] = [];
