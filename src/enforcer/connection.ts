import type { CloseCause, Stream, StreamHandler } from './engine.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolMember } from './pool/pool-member.ts';

/** Client bytes that are kept while the member connects. The read that reaches it may add one more chunk. */
const HELD_BYTES = 65_536;

/** What a connection asks of the worker that it lives in. */
export interface ConnectionHost {
  /** Milliseconds, refreshed once per tick: good enough to tell idle from active. */
  readonly tickTime: number;
  connect(address: string, port: number, handler: StreamHandler): Stream;
  /** The client's 128 bits, most significant word first. Valid until the next call. */
  sourceOf(connection: Connection): Uint32Array;
  /** The client's descriptor is closed: the connection no longer counts. */
  clientClosed(connection: Connection): void;
  memberClosed(): void;
  /** Both descriptors are closed. */
  finished(connection: Connection): void;
}

/** One client, one member, and the bytes between them: TCP's half-close, back-pressure and resets are passed on. */
export class Connection implements StreamHandler {
  /** Neighbours in the policy's list, kept by the policy. */
  previous: Connection | null = null;
  next: Connection | null = null;
  /** The entry in the worker's ledger. */
  readonly ledgerEntry: number;
  readonly policy: PolicyState;
  /** The member that it was given last, also after the member has closed; null before the first. */
  place: PoolMember | null = null;
  private readonly host: ConnectionHost;
  private client: Stream | null;
  private member: Stream | null = null;
  private held: Uint8Array[] = NOTHING_HELD;
  private heldBytes = 0;
  /** Row ids of members that it has tried in vain. */
  private tried: number[] | null = null;
  private established = false;
  private clientEnded = false;
  private cutOff = false;
  private activeAt: number;

  constructor(host: ConnectionHost, policy: PolicyState, ledgerEntry: number, client: Stream) {
    this.host = host;
    this.policy = policy;
    this.ledgerEntry = ledgerEntry;
    this.client = client;
    this.activeAt = host.tickTime;
  }

  /** Its entry in the ledger is in use: the client's descriptor is open. */
  get isCounted(): boolean {
    return this.client !== null;
  }

  /** Begins to read from the client and to connect to a member. */
  start(): void {
    this.client?.open(this);
    this.connectMember();
  }

  /** Resets both sides. */
  cut(): void {
    this.cutOff = true;
    this.client?.reset();
    this.member?.reset();
  }

  /** Called once per tick. Times in milliseconds; an established connection is idle when no byte moves. */
  expire(idleTimeout: number, connectTimeout: number): void {
    const silence = this.host.tickTime - this.activeAt;
    if (this.established) {
      if (silence >= idleTimeout) this.cut();
    } else if (silence >= connectTimeout) {
      this.member?.reset();
    }
  }

  connected(stream: Stream): void {
    if (stream !== this.member || this.client === null) return;
    this.established = true;
    this.policy.pool.connected();
    this.activeAt = this.host.tickTime;
    let ready = true;
    for (const chunk of this.held) ready = stream.write(chunk);
    this.held = NOTHING_HELD;
    if (this.clientEnded) stream.end();
    else if (ready) this.client.resume();
    else this.client.pause();
  }

  data(stream: Stream, chunk: Uint8Array): void {
    if (stream === this.member) {
      this.activeAt = this.host.tickTime;
      if (this.client !== null && !this.client.write(chunk)) stream.pause();
    } else if (!this.established) {
      this.hold(stream, chunk);
    } else {
      this.activeAt = this.host.tickTime;
      if (this.member !== null && !this.member.write(chunk)) stream.pause();
    }
  }

  ended(stream: Stream): void {
    if (stream === this.member) {
      this.client?.end();
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
    if (stream === this.client) {
      this.client = null;
      this.held = NOTHING_HELD;
      this.host.clientClosed(this);
      // After an orderly end the member may still have bytes to take.
      if (cause !== 'finished') this.member?.reset();
    } else {
      this.member = null;
      this.place?.giveBack();
      this.host.memberClosed();
      if (!this.established && !this.cutOff && this.client !== null) this.tryNext();
      else if (cause !== 'finished') this.client?.reset();
    }
    if (this.client === null && this.member === null) this.host.finished(this);
  }

  private hold(stream: Stream, chunk: Uint8Array): void {
    if (this.held === NOTHING_HELD) this.held = [];
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes >= HELD_BYTES) stream.pause();
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
      this.client?.reset();
      return;
    }
    this.place = place;
    this.activeAt = this.host.tickTime;
    this.member = this.host.connect(place.snapshot.address, place.snapshot.port, this);
  }
}

/** Shared by every connection that holds no bytes. */
const NOTHING_HELD: Uint8Array[] = [];
