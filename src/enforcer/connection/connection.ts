import type { CloseCause, Stream, StreamHandler } from '../engine/engine.ts';
import { HookedConnection } from '../hooks/hooked-connection.ts';
import type { Introduction, PolicyState } from '../worker/policy-state.ts';
import type { ConnectionState } from './facts.ts';
import { HeldBytes } from './held-bytes.ts';
import type { ConnectionHost } from './host.ts';
import { endsOf } from './proxy-protocol/ends.ts';
import { HeaderReader } from './proxy-protocol/header-reader.ts';
import { writeHeader } from './proxy-protocol/write-header.ts';
import { StreamPair } from './stream-pair.ts';

const noBytes = new Uint8Array();

/** One client, one member, and the bytes between them: TCP's half-close, back-pressure and resets are passed on. */
export class Connection extends StreamPair implements StreamHandler {
  readonly #host: ConnectionHost;
  #header: HeaderReader | null;
  /** Null without hooks, and until it is admitted. */
  #hooked: HookedConnection | null = null;
  /** Hooks want the first bytes before a member is chosen. */
  #awaitsClient = false;
  /** Row ids of members that it has tried in vain. */
  #tried: number[] | null = null;
  #hasSpoken = false;
  #isSilent = false;
  /** When a byte moved last, on the engine's clock. */
  activeAt: number;

  constructor(
    host: ConnectionHost,
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
  ) {
    super(host.engine, policy, ledgerEntry, client, introduction);
    this.#host = host;
    this.#header = introduction === 'none' ? null : new HeaderReader();
    this.activeAt = this.openedAt;
  }

  get state(): ConnectionState {
    if (this.#header !== null) return 'header';
    if (!this.established) return 'connecting';
    return this.clientEnded || this.memberEnded ? 'half-closed' : 'established';
  }

  /** Begins to read from the client, and to connect to a member unless the client has to say first who it is. */
  start(): void {
    if (this.policy.snapshot.trafficLog) this.keepEnds();
    this.client?.open(this);
    if (this.#header === null) this.#begin();
  }

  /** Called once per tick. An established connection is idle when no byte moves. */
  expire(now: number, idleTimeout: number, headerTimeout: number, silentAfter: number): void {
    if (this.#header !== null) {
      if (now - this.openedAt >= headerTimeout)
        this.#refuseHeader(`no PROXY header within ${headerTimeout / 1000} s`);
      return;
    }
    if (this.isClosing) {
      this.expireClose(now);
      return;
    }
    if (!this.#hasSpoken && !this.#isSilent && this.client !== null && now - this.openedAt >= silentAfter) {
      this.#isSilent = true;
      this.#host.fellSilent(this);
    }
    const silence = now - this.activeAt;
    if (this.established || this.#awaitsClient) {
      if (silence >= idleTimeout) this.end('idle');
    } else if (silence >= this.policy.snapshot.connectTimeout) {
      this.member?.reset();
    }
  }

  connected(stream: Stream): void {
    if (stream !== this.member || this.client === null) return;
    this.established = true;
    this.policy.pool.connected();
    this.place?.connected();
    this.activeAt = this.#host.tickTime;
    let ready = this.#introduce(stream, this.client);
    this.#hooked?.memberConnected();
    for (const chunk of HeldBytes.take(this.held)) {
      if (this.isOver) return;
      ready = this.pass(stream, this.#hooked === null ? chunk : this.#hooked.events.request(chunk));
    }
    this.held = null;
    if (this.isOver) return;
    if (this.clientEnded) stream.end();
    else if (ready) this.client.resume();
    else this.client.pause();
  }

  data(stream: Stream, chunk: Uint8Array): void {
    if (this.isOver) return;
    if (stream === this.member) {
      this.#fromMember(stream, chunk);
    } else if (this.#header !== null) {
      this.#readHeader(this.#header, stream, chunk);
    } else {
      this.#fromClient(stream, chunk);
    }
  }

  ended(stream: Stream): void {
    if (stream === this.member) {
      this.memberEnded = true;
      this.client?.end();
    } else if (this.#header !== null) {
      this.#refuseHeader('ended before its PROXY header');
    } else {
      this.clientEnded = true;
      if (this.established) this.member?.end();
      else if (this.#awaitsClient) this.#clientSpoke(noBytes);
    }
    if (this.established) this.activeAt = this.#host.tickTime;
  }

  drained(stream: Stream): void {
    this.activeAt = this.#host.tickTime;
    if (stream === this.member) this.client?.resume();
    else this.member?.resume();
  }

  closed(stream: Stream, cause: CloseCause): void {
    if (stream === this.client) this.#clientClosed(cause);
    else this.#memberClosed(cause);
    if (this.client === null && this.member === null) this.#host.finished(this);
  }

  #clientClosed(cause: CloseCause): void {
    if (cause === 'reset') {
      if (this.#header !== null && !this.isReset)
        this.#host.headerFailed(this, 'reset before its PROXY header');
      this.cause ??= 'client-reset';
    }
    this.client = null;
    this.held = null;
    this.#awaitsClient = false;
    this.#hooked?.clientClosed();
    this.#host.clientClosed(this);
    // After an orderly end the member may still have bytes to take.
    if (cause !== 'finished') this.member?.reset();
  }

  #memberClosed(cause: CloseCause): void {
    this.member = null;
    this.place?.release();
    this.#host.memberClosed();
    if (this.established) {
      this.#hooked?.memberClosed();
      if (cause === 'reset') this.cause ??= 'member-reset';
      if (cause !== 'finished') this.client?.reset();
    } else if (cause === 'exhausted') {
      this.#host.outOfDescriptors(1);
      this.end('no-member');
    } else if (!this.isOver && this.client !== null) {
      this.#tryNext();
    }
  }

  #readHeader(header: HeaderReader, client: Stream, chunk: Uint8Array): void {
    const progress = header.take(chunk);
    if (progress.kind === 'more') return;
    if (progress.kind === 'broken') {
      this.#refuseHeader(progress.reason);
      return;
    }
    this.announced = progress.announced;
    if (!this.#host.identified(this)) {
      this.end('cut');
      return;
    }
    this.#header = null;
    this.openedAt = this.#host.engine.now();
    this.#begin();
    if (progress.rest.length > 0 && !this.isOver) this.#fromClient(client, progress.rest);
  }

  #refuseHeader(reason: string): void {
    if (this.isReset) return;
    this.#host.headerFailed(this, reason);
    this.end('cut');
  }

  /** It is admitted, and it is known whose it is. */
  #begin(): void {
    const { hooks } = this.policy;
    if (hooks !== null) {
      this.activeAt = this.#host.tickTime;
      this.#hooked = new HookedConnection(this, this.#host, hooks);
      this.#hooked.events.accepted();
      if (this.isOver) return;
      this.#awaitsClient = this.#hooked.events.awaitsClient;
      if (this.#awaitsClient) return;
    }
    this.#connectMember();
  }

  #clientSpoke(bytes: Uint8Array): void {
    this.#awaitsClient = false;
    this.#hooked?.events.clientData(bytes);
    if (!this.isOver) this.#connectMember();
  }

  #fromMember(member: Stream, chunk: Uint8Array): void {
    this.activeAt = this.#host.tickTime;
    if (this.client === null) return;
    const bytes = this.#hooked === null ? chunk : this.#hooked.events.response(chunk);
    if (this.isOver) return;
    this.sent += bytes.length;
    if (!this.pass(this.client, bytes)) member.pause();
  }

  #fromClient(client: Stream, chunk: Uint8Array): void {
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      if (this.#isSilent) this.#host.spoke(this);
    }
    this.received += chunk.length;
    if (!this.established) {
      this.held ??= new HeldBytes();
      if (!this.held.add(chunk)) client.pause();
      if (this.#awaitsClient) this.#clientSpoke(chunk);
      return;
    }
    this.activeAt = this.#host.tickTime;
    if (this.member === null) return;
    const bytes = this.#hooked === null ? chunk : this.#hooked.events.request(chunk);
    if (this.member !== null && !this.pass(this.member, bytes)) client.pause();
  }

  /** Tells a member that wants to know for whom it was connected to. */
  #introduce(member: Stream, client: Stream): boolean {
    const version = this.place?.snapshot.proxyProtocol ?? null;
    if (version === null) return true;
    return member.write(writeHeader(version, this.announced ?? endsOf(client.addresses())));
  }

  /** Every member that takes connections is tried once, then the client is refused. */
  #tryNext(): void {
    if (this.place !== null) {
      this.place.failed();
      this.#tried ??= [];
      this.#tried.push(this.place.id);
    }
    this.#connectMember();
  }

  #connectMember(): void {
    const hooked = this.#hooked;
    const place = hooked?.takeReserved() ?? this.policy.pool.choose(this.#host.sourceOf(this), this.#tried);
    if (place === null) {
      this.end('no-member');
      return;
    }
    this.place = place;
    this.activeAt = this.#host.tickTime;
    const { address, port } = place.snapshot;
    this.member = hooked === null ? this.#host.connect(address, port, null, this) : hooked.connect(place);
    if (this.member === null) place.release();
  }
}
