import { setTimeout as pause } from 'node:timers/promises';
import { cutOff } from '../../events/lifecycle.ts';
import type { GivenListener } from '../../supervisor/workers/listening-sockets.ts';
import { settledWithin } from '../../time/patience.ts';
import type { EntryChanges, EntryWatch } from '../../verdict/upkeep/entry-changes.ts';
import type { Running } from '../running.ts';
import { type HandedListener, protocol, type Successor, type ToPredecessor } from './channel.ts';
import { mostDescriptors, sendDescriptors } from './descriptor-socket.ts';

/** A process that is to take over, as the one sees it that hands over. */
export type NewProcess = {
  readonly id: number;
  /** Of its code. */
  readonly directory: string;
  readonly channel: Successor;
  /** One end of a connection that descriptors pass. */
  readonly descriptors: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  kill(): void;
  /** This process will not talk to it any more. */
  release(): void;
};

/** Milliseconds for the new process to load its code, and to begin once it has everything. */
export type Patience = { readonly load: number; readonly begin: number };

/** Why nobody takes over from a Levee that has been told to stop. */
export const aboutToEnd = 'this Levee is about to end';

const standardPatience: Patience = { load: 60_000, begin: 30_000 };
/** Milliseconds for every worker to stop accepting. */
const pausePatience = 2000;
/** Milliseconds that the end of a process before this one is waited for once its connections are reset. */
const formerPatience = 1000;
/** Milliseconds in which the end of a process is seen. */
const farewell = 200;
/** Milliseconds between two looks at whether a connection has ended. */
const interval = 2;
/** Between two looks at all connections there are at least so many times what one takes, and never more milliseconds. */
const rest = 10;
const longestRest = 250;

type Kind = ToPredecessor['type'];

/** Hands over to another process what this one has, but for its connections. */
export class HandOver {
  readonly #running: Running;
  readonly #process: NewProcess;
  readonly #patience: Patience;
  readonly #entries: EntryWatch;
  readonly #said = new Map<Kind, PromiseWithResolvers<ToPredecessor>>();
  /** Rejects when the new process says that it fails, or is gone. */
  readonly #failure: Promise<never>;
  /** Aborted: connections that are left have had their time. */
  readonly #over = new AbortController();
  #isEnding = false;

  private constructor(running: Running, process: NewProcess, patience: Patience, calledOff: AbortSignal) {
    this.#running = running;
    this.#process = process;
    this.#patience = patience;
    this.#entries = running.enforcer.workers.watchEntries();
    const failure = Promise.withResolvers<never>();
    this.#failure = failure.promise;
    // It may come while nobody waits for anything.
    this.#failure.catch(() => undefined);
    void Promise.race([process.channel.ended, process.ended]).then(() =>
      failure.reject(new Error('the new process has ended')),
    );
    calledOff.addEventListener('abort', () => failure.reject(new Error(aboutToEnd)));
    process.channel.listen((message) => {
      if (message.type === 'failed') failure.reject(new Error(message.reason));
      else this.#heard(message);
    });
  }

  /**
   * Resolves when the new process has loaded its code. Rejects with why it can't take over, and then it is gone.
   *
   * @param calledOff aborted: it does not take over, if it has not yet
   */
  static async prepare(
    running: Running,
    process: NewProcess,
    calledOff: AbortSignal,
    patience = standardPatience,
  ): Promise<HandOver> {
    const handOver = new HandOver(running, process, patience, calledOff);
    try {
      const said = await handOver.#saying('ready', patience.load);
      if (said.type !== 'ready' || said.protocol !== protocol)
        throw new Error('the new process is of a Levee that this one can not hand over to');
      return handOver;
    } catch (error) {
      await handOver.#giveUp();
      throw error;
    }
  }

  /**
   * Resolves once the new process accepts, and this one no longer does. Rejects with why it does not come to that: then the
   * new one is gone, and everything is as before.
   */
  async carryOut(): Promise<void> {
    const { owner, enforcer, doors } = this.#running;
    const { channel } = this.#process;
    const { workers, succession } = enforcer;
    let pausing: Promise<void> | undefined;
    doors.suspend();
    try {
      const lock = await owner.prepareSuccession();
      // What takes long is done while this process still accepts.
      channel.send({ type: 'own', addresses: workers.memberAddresses });
      await this.#give([lock]);
      await this.#saying('prepared', this.#patience.begin);
      this.#send(this.#entries.changes());
      pausing = succession.pause();
      await this.#within(pausePatience, pausing, 'a worker does not stop accepting');
      this.#send(this.#entries.changes());
      const listeners = workers.listenersToGive();
      channel.send({ type: 'take', listeners: listeners.map(handed) });
      await this.#give(listeners.flatMap(({ socket }) => descriptorsOf(socket)));
      await this.#saying('serving', this.#patience.begin);
    } catch (error) {
      await this.#giveUp();
      await pausing;
      if (pausing !== undefined) await succession.resume();
      await owner.endSuccession();
      await doors.resume();
      throw error;
    }
  }

  /**
   * The new process has everything: this one keeps its connections until they end, and tells of each that does. Resolves
   * when none is left, or their time is over, and all is told. Where the new process is gone before it has said that
   * it ends, nobody counts these connections: `orphaned` is called, and it comes to an end as on a signal.
   *
   * @param drain milliseconds that connections have then
   */
  async seeOut(drain: number, orphaned: () => void): Promise<void> {
    const { owner, enforcer } = this.#running;
    const { workers, succession } = enforcer;
    let isDone = false;
    void this.#process.channel.ended.then(() => {
      if (isDone || this.#isEnding) return;
      orphaned();
      this.endWithin(drain);
    });
    const sent = succession.handOver(this.#process.channel);
    owner.leave();
    let isAlone = false;
    void succession.isAlone.then(() => {
      isAlone = true;
    });
    let held = -1;
    let due = 0;
    while (!this.#over.signal.aborted && !(isAlone && workers.connectionCount() === 0)) {
      const now = performance.now();
      const connections = workers.connectionCount();
      if (connections !== held || now >= due) {
        held = connections;
        this.#send(this.#entries.changes());
        due = performance.now() + longestRest;
        await pause(Math.max(interval, (performance.now() - now) * rest));
      } else await pause(interval);
    }
    isDone = true;
    const left = workers.connectionCount();
    if (left > 0) owner.journal.record(cutOff({ connections: left }));
    await succession.end();
    // What it still reports passes here. It was told to end when this one was.
    await settledWithin(formerPatience, succession.isAlone);
    this.#send(this.#entries.changes());
    await sent;
    await this.#process.channel.end();
  }

  /** Connections have so many milliseconds from now, here and in the processes before this one; the shortest time counts. */
  endWithin(milliseconds: number): void {
    this.#isEnding = true;
    void this.#running.enforcer.succession.obey({ type: 'end', within: milliseconds });
    if (milliseconds <= 0) this.#over.abort();
    else setTimeout(() => this.#over.abort(), milliseconds).unref();
  }

  #send(changes: EntryChanges): void {
    const { entered, released, marked } = changes;
    if (entered.length + released.length + marked.length === 0) return;
    this.#process.channel.send({ type: 'connections', ...changes });
  }

  /** In messages of their own, each once the one before has been taken. */
  async #give(all: readonly number[]): Promise<void> {
    const { channel, descriptors: socket } = this.#process;
    for (let at = 0; at < all.length; at += mostDescriptors) {
      const some = all.slice(at, at + mostDescriptors);
      try {
        sendDescriptors(socket, some);
      } catch (error) {
        // That the new process is gone says more, and is about to be seen.
        await settledWithin(farewell, this.#failure);
        throw error;
      }
      channel.send({ type: 'descriptors', count: some.length });
      await this.#saying('received', this.#patience.begin);
    }
  }

  #heard(message: ToPredecessor): void {
    if (message.type === 'blocked' || message.type === 'configured') {
      void this.#running.enforcer.succession.obey(message);
    } else if (message.type === 'end') {
      this.endWithin(message.within);
    } else {
      this.#expected(message.type).resolve(message);
    }
  }

  #expected(kind: Kind): PromiseWithResolvers<ToPredecessor> {
    const expected = this.#said.get(kind) ?? Promise.withResolvers<ToPredecessor>();
    this.#said.set(kind, expected);
    return expected;
  }

  /** The next message of this type. Rejects where the new process says that it fails, ends, or says nothing. */
  async #saying(kind: Kind, patience: number): Promise<ToPredecessor> {
    const expected = this.#expected(kind);
    const said = Promise.race([this.#failure, expected.promise]);
    try {
      await this.#within(patience, said, 'the new process does not answer');
      return await said;
    } finally {
      this.#said.delete(kind);
    }
  }

  async #within(patience: number, promise: Promise<unknown>, otherwise: string): Promise<void> {
    let isSettled = false;
    const settled = promise.then(() => {
      isSettled = true;
    });
    await settledWithin(patience, settled);
    if (!isSettled) throw new Error(otherwise);
  }

  async #giveUp(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
    this.#process.release();
  }
}

function handed({ address, port, socket: { descriptors, guard, isLent } }: GivenListener): HandedListener {
  return { address, port, queues: descriptors.length, hasGuard: guard !== null, isLent };
}

function descriptorsOf({ descriptors, guard }: GivenListener['socket']): readonly number[] {
  return guard === null ? descriptors : [...descriptors, guard];
}
