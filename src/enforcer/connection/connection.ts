import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { CloseCause, Stream, StreamHandler } from '../engine/stream.ts';
import type { Side } from '../hooks/connection-port.ts';
import type { DataEnd } from '../hooks/data-end.ts';
import { HookedConnection } from '../hooks/hooked-connection.ts';
import type { PolicyConnection, PolicyState } from '../worker/policy-state.ts';
import { ConnectionFacts, type ConnectionState } from './facts.ts';
import type { ConnectionHost } from './host.ts';
import { MemberSearch, type SearchingConnection } from './member-search.ts';
import { announcementOf } from './proxy-protocol/announcement.ts';
import { AwaitedHeader } from './proxy-protocol/awaited-header.ts';
import type { Introduction } from './proxy-protocol/introduction.ts';
import { writeHeader } from './proxy-protocol/write-header.ts';
import { StreamPair } from './stream-pair.ts';

const noBytes = new Uint8Array();
/** Silence is looked into once so much of the timeout is over: so much later may who takes nothing be cut. */
const looksPerTimeout = 4;

/** One client, one member, and the bytes between them: TCP's half-close, back-pressure and resets are passed on. */
export class Connection implements StreamHandler, PolicyConnection, SearchingConnection {
  previous: PolicyConnection | null = null;
  next: PolicyConnection | null = null;
  waiting = 0;
  readonly policy: PolicyState;
  readonly facts: ConnectionFacts;
  readonly streams: StreamPair;
  /** When a byte moved last, on the engine's clock. */
  activeAt: number;
  /** Null without hooks, and until it is admitted. */
  hooked: HookedConnection | null = null;
  readonly #host: ConnectionHost;
  readonly #search: MemberSearch;
  /** Null once it is read, or where none is to come. */
  #header: AwaitedHeader | null;
  /** Hooks want the first bytes before a member is chosen. */
  #awaitsClient = false;
  #hasSpoken = false;
  #isSilent = false;
  /** The client is not read, as the ledger has it. */
  #isStalled = false;

  constructor(
    host: ConnectionHost,
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
    openedAt: number,
  ) {
    this.#host = host;
    this.policy = policy;
    this.activeAt = openedAt;
    this.facts = new ConnectionFacts(ledgerEntry, introduction, openedAt);
    this.streams = new StreamPair(client);
    this.#search = new MemberSearch(this, host);
    this.#header = introduction === 'none' ? null : new AwaitedHeader(this, host);
  }

  get state(): ConnectionState {
    if (this.#header !== null) return 'header';
    const { streams } = this;
    if (!streams.isEstablished) return 'connecting';
    return streams.clientEnded || streams.memberEnded ? 'half-closed' : 'established';
  }

  /** Begins to read from the client, and to connect to a member unless a PROXY header has to come first. */
  start(): void {
    // Once the peer has reset it, nobody knows where it came from.
    if (this.policy.snapshot.trafficLog) this.streams.clientAddresses();
    this.streams.client?.open(this);
    if (this.#header === null) this.#beginInTurn(noBytes);
  }

  reset(cause: TrafficCause = 'cut'): void {
    this.facts.cause ??= cause;
    this.streams.reset();
  }

  finish(how: 'reject' | 'close'): void {
    if (this.streams.isOver) return;
    if (how === 'reject') {
      this.reset('script');
      return;
    }
    this.facts.cause ??= 'script';
    this.streams.dropHeld();
    this.streams.close(this.#host.engine.now());
    this.#clientStalls(false);
  }

  /** An established connection is idle when no byte moves, from one of its peers or to one. */
  expire(now: number, idleTimeout: number, headerTimeout: number, silentAfter: number): void {
    const { facts, streams } = this;
    if (this.waiting > 0) this.tellWaiting();
    if (this.#header !== null) {
      this.#header.expire(now, headerTimeout);
      return;
    }
    if (streams.isClosing) {
      if (streams.isOverdue(now)) this.reset('script');
      return;
    }
    if (
      !this.#hasSpoken &&
      !this.#isSilent &&
      streams.client !== null &&
      now - facts.openedAt >= silentAfter
    ) {
      this.#isSilent = true;
      this.#host.gate.fellSilent(facts.ledgerEntry);
    }
    const silence = now - this.activeAt;
    if (streams.isEstablished || this.#awaitsClient) {
      if (silence < idleTimeout / looksPerTimeout) return;
      if (streams.flows(this.activeAt)) this.activeAt = now;
      else if (silence >= idleTimeout) this.reset('idle');
    } else if (silence >= this.policy.snapshot.connectTimeout) {
      streams.member?.reset();
    }
  }

  connected(stream: Stream): void {
    const { facts, streams } = this;
    const { client } = streams;
    if (stream !== streams.member || client === null) return;
    streams.isEstablished = true;
    this.policy.pool.connected();
    facts.member?.connected();
    this.activeAt = this.#host.tickTime;
    let ready = this.#introduce(stream, client);
    this.hooked?.memberConnected();
    if (streams.isOver) return;
    const bytes = streams.takeHeld();
    if (bytes !== null) {
      ready = streams.write(stream, this.hooked === null ? bytes : this.hooked.events.request(bytes));
      if (streams.isOver) return;
    }
    // What no hook is to see goes from one to the other by itself.
    if (this.hooked?.sees('client') !== true) client.relayTo(stream);
    if (this.hooked?.sees('member') !== true) stream.relayTo(client);
    if (streams.clientEnded) streams.endMember();
    else if (ready) this.resume('client');
    else this.pause('client');
    if (bytes !== null || !ready || this.waiting > 0) this.tellWaiting();
  }

  pause(side: Side): void {
    this.streams.of(side)?.pause();
    if (side === 'client') this.#clientStalls(true);
  }

  resume(side: Side): void {
    if (this.hooked?.isPostponed(side) === true) return;
    this.streams.of(side)?.resume();
    if (side === 'client') this.#clientStalls(false);
  }

  #clientStalls(isStalled: boolean): void {
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    this.#host.clientStalls(this.facts.ledgerEntry, isStalled);
  }

  data(stream: Stream, chunk: Uint8Array): void {
    const { streams } = this;
    if (streams.isOver) return;
    const side = streams.sideOf(stream);
    if (
      this.hooked?.mustWait === true &&
      (streams.isEstablished ? this.hooked.sees(side) : this.#awaitsClient)
    ) {
      this.hooked.postpone(side, chunk);
    } else if (stream === streams.member) {
      this.#fromMember(chunk);
    } else if (this.#header !== null) {
      this.#readHeader(this.#header, chunk);
    } else {
      this.#fromClient(chunk);
    }
    this.tellWaiting();
  }

  relayed(stream: Stream, bytes: number, takesMore: boolean): void {
    const { facts, streams } = this;
    this.activeAt = this.#host.tickTime;
    if (stream === streams.member) {
      facts.sent += bytes;
      if (!takesMore) this.pause('member');
    } else {
      this.#received(bytes);
      if (!takesMore && !streams.isNearEnd) this.pause('client');
    }
    if (!takesMore || this.waiting > 0) this.tellWaiting();
  }

  ended(stream: Stream): void {
    const { streams } = this;
    if (this.hooked?.postponesEnd(streams.sideOf(stream)) === true) return;
    if (stream === streams.member) {
      streams.memberEnded = true;
      streams.client?.end();
    } else if (this.#header !== null) {
      this.#header.refuse('ended before its PROXY header');
    } else {
      streams.clientEnded = true;
      if (streams.isEstablished) streams.endMember();
      else if (this.#awaitsClient) this.#clientSpoke(noBytes, 'ended');
    }
    if (streams.isEstablished) this.activeAt = this.#host.tickTime;
  }

  drained(stream: Stream): void {
    this.activeAt = this.#host.tickTime;
    this.tellWaiting();
    this.resume(stream === this.streams.member ? 'client' : 'member');
  }

  tellWaiting(): void {
    const bytes = this.streams.waiting + (this.hooked?.postponedBytes ?? 0);
    if (bytes !== this.waiting) this.#host.waitingBytes.tell(this, bytes);
  }

  closing(stream: Stream): void {
    if (stream === this.streams.client) this.#host.clientClosing(this.facts.ledgerEntry);
  }

  over(stream: Stream): void {
    const { facts, streams } = this;
    if (stream === streams.client) {
      this.#host.clientOver(facts.ledgerEntry);
      return;
    }
    facts.member?.release();
    // Until it was connected, another may be tried in its place.
    if (streams.isEstablished || streams.client === null) this.#search.leavePlace();
  }

  closed(stream: Stream, cause: CloseCause): void {
    const { streams } = this;
    if (cause === 'finished' && this.hooked?.postponesClose(streams.sideOf(stream)) === true) return;
    if (stream === streams.client) this.#clientClosed(cause);
    else this.#memberClosed(cause);
    if (this.waiting > 0) this.tellWaiting();
    if (streams.client === null && streams.member === null) this.#host.finished(this.policy, this);
  }

  #clientClosed(cause: CloseCause): void {
    const { facts, streams } = this;
    this.#header?.closed(cause);
    if (cause === 'reset') facts.cause ??= 'client-reset';
    streams.client = null;
    streams.dropHeld();
    this.#awaitsClient = false;
    this.hooked?.clientClosed();
    this.#host.clientClosed(facts.ledgerEntry);
    facts.ledgerEntry = -1;
    if (streams.member === null) this.#search.leavePlace();
    // After an orderly end the member may still have bytes to take.
    else if (cause !== 'finished') streams.member.reset();
  }

  #memberClosed(cause: CloseCause): void {
    const { facts, streams } = this;
    streams.member = null;
    if (streams.isEstablished) {
      this.hooked?.memberClosed();
      if (cause === 'reset') facts.cause ??= 'member-reset';
      if (cause !== 'finished') streams.client?.reset();
    } else {
      this.#search.failed(cause);
    }
  }

  #readHeader(header: AwaitedHeader, chunk: Uint8Array): void {
    const rest = header.take(chunk);
    if (rest === null) return;
    this.#header = null;
    this.#beginInTurn(rest);
  }

  /** It is admitted, and its source is known; `bytes`: what has come of it. Hooks may have to be waited for. */
  #beginInTurn(bytes: Uint8Array): void {
    const { hooks } = this.policy;
    if (hooks?.mustWait !== true) {
      this.#begin(bytes);
      return;
    }
    const kept = new Uint8Array(bytes);
    this.pause('client');
    hooks.inTurn(() => {
      if (this.streams.isOver || this.streams.client === null) return;
      this.resume('client');
      this.#begin(kept);
    });
  }

  #begin(bytes: Uint8Array): void {
    const { hooks } = this.policy;
    if (hooks !== null) {
      this.activeAt = this.#host.tickTime;
      this.hooked = new HookedConnection(this, this.#host, hooks);
      this.hooked.events.accepted();
      if (this.streams.isOver) return;
      this.#awaitsClient = this.hooked.events.awaitsClient;
    }
    if (!this.#awaitsClient) this.#search.connect();
    // It may have ended while it waited for its turn.
    else if (this.streams.clientEnded && bytes.length === 0) this.#clientSpoke(bytes, 'ended');
    if (bytes.length > 0 && !this.streams.isOver) this.#fromClient(bytes);
  }

  late(): void {
    if (this.#awaitsClient && !this.streams.isOver) this.#clientSpoke(noBytes, 'late');
  }

  /** Shows hooks what the client has sent; a member is chosen once they want no more of it. */
  #clientSpoke(chunk: Uint8Array, end: DataEnd | null): void {
    const { streams } = this;
    this.#awaitsClient = this.hooked?.events.clientData(chunk, () => streams.held(), end) === true;
    if (!this.#awaitsClient && !streams.isOver) this.#search.connect();
  }

  #fromMember(chunk: Uint8Array): void {
    const { streams } = this;
    this.activeAt = this.#host.tickTime;
    if (streams.client === null) return;
    const bytes = this.hooked === null ? chunk : this.hooked.events.response(chunk);
    if (streams.isOver) return;
    this.facts.sent += bytes.length;
    if (!streams.write(streams.client, bytes)) this.pause('member');
  }

  #fromClient(chunk: Uint8Array): void {
    const { streams } = this;
    this.#received(chunk.length);
    if (!streams.isEstablished) {
      const isFull = !streams.hold(chunk);
      if (isFull) this.pause('client');
      const end = isFull ? 'full' : streams.clientEnded ? 'ended' : null;
      if (this.#awaitsClient) this.#clientSpoke(chunk, end);
      return;
    }
    this.activeAt = this.#host.tickTime;
    if (streams.member === null) return;
    const bytes = this.hooked === null ? chunk : this.hooked.events.request(chunk);
    if (streams.member === null || streams.write(streams.member, bytes)) return;
    if (!streams.isNearEnd) this.pause('client');
  }

  #received(bytes: number): void {
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      if (this.#isSilent) this.#host.gate.spoke(this.facts.ledgerEntry);
    }
    this.facts.received += bytes;
  }

  /** Sends a member that wants one the PROXY header of its client. False: write no more until it is drained. */
  #introduce(member: Stream, client: Stream): boolean {
    const { announced, member: chosen } = this.facts;
    const version = chosen?.snapshot.proxyProtocol ?? null;
    if (version === null) return true;
    return member.write(writeHeader(version, announced ?? announcementOf(client.addresses())));
  }
}
