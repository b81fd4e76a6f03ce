import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { Engine, SocketAddresses, Stream } from '../engine/engine.ts';
import type { Side } from '../hooks/connection-port.ts';
import type { Introduction, PolicyState } from '../worker/policy-state.ts';
import { ConnectionFacts } from './facts.ts';
import type { HeldBytes } from './held-bytes.ts';

/** Milliseconds for both sides to end after a hook has closed the connection. */
const closePatience = 2000;

/** The two streams of a connection, whether they can be written to, and how they are ended from here. */
export abstract class StreamPair extends ConnectionFacts {
  protected client: Stream | null;
  protected member: Stream | null = null;
  protected held: HeldBytes | null = null;
  protected clientEnded = false;
  protected memberEnded = false;
  protected isReset = false;
  readonly #engine: Pick<Engine, 'now'>;
  /** When hooks closed it; -1: they have not. */
  #closedAt = -1;

  constructor(
    engine: Pick<Engine, 'now'>,
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
  ) {
    super(policy, ledgerEntry, introduction, engine.now());
    this.#engine = engine;
    this.client = client;
  }

  /** Its entry in the ledger is in use: its source was let in, and the client's descriptor is open. */
  get isCounted(): boolean {
    return this.client !== null && this.ledgerEntry >= 0;
  }

  /** The client's descriptor is open. */
  get isOpen(): boolean {
    return this.client !== null;
  }

  /** It has been reset or closed from here: nothing is relayed any more. */
  get isOver(): boolean {
    return this.isReset || this.isClosing;
  }

  /** The ends of the client's connection; null when it is closed and nobody has kept them. */
  keepEnds(): SocketAddresses | null {
    this.ends ??= this.client?.addresses() ?? null;
    return this.ends;
  }

  /** Resets both sides. */
  reset(): void {
    this.end('cut');
  }

  /** Null: not connected, or closed. */
  streamOf(side: Side): Stream | null {
    return side === 'client' ? this.client : this.member;
  }

  /** As `ConnectionPort` says. */
  finish(how: 'reject' | 'close'): void {
    if (this.isOver) return;
    if (how === 'reject') {
      this.end('script');
      return;
    }
    this.cause ??= 'script';
    this.#closedAt = this.#engine.now();
    this.held = null;
    this.client?.end();
    this.client?.resume();
    if (!this.established) {
      this.member?.reset();
      return;
    }
    this.member?.end();
    this.member?.resume();
  }

  /** Whether bytes may still be written to a side. */
  takesBytes(side: Side): boolean {
    if (this.isOver) return false;
    if (side === 'client') return this.client !== null && !this.memberEnded;
    return this.member !== null && this.established && !this.clientEnded;
  }

  protected get isClosing(): boolean {
    return this.#closedAt >= 0;
  }

  protected expireClose(now: number): void {
    if (now - this.#closedAt >= closePatience) this.end('script');
  }

  protected end(cause: TrafficCause): void {
    this.isReset = true;
    this.cause ??= cause;
    this.client?.reset();
    this.member?.reset();
  }

  /** False: write no more until it is drained. */
  protected pass(stream: Stream, bytes: Uint8Array): boolean {
    if (this.isOver || bytes.length === 0) return true;
    return stream.write(bytes);
  }
}
