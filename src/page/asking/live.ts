import type { LiveEvents, Topic } from '../messages.ts';
import { type Sample, sampleOf } from '../reckoning/samples.ts';

/** Samples that are kept: of ten minutes, at one a second. */
const mostSamples = 600;

/** Milliseconds after which it is asked again, where that was refused. */
const retryInterval = 5000;

/** What is known of what is live. */
export type LiveState = {
  /** `lost`: nothing is told any more, and it is tried again. */
  readonly connection: 'opening' | 'open' | 'lost';
  readonly session: LiveEvents['session'] | null;
  readonly measured: LiveEvents['measured'] | null;
  readonly sources: LiveEvents['sources'] | null;
  readonly blocked: LiveEvents['blocked'] | null;
  /** The oldest first. */
  readonly samples: readonly Sample[];
};

export const nothingLive: LiveState = {
  connection: 'opening',
  session: null,
  measured: null,
  sources: null,
  blocked: null,
  samples: [],
};

/** Hears what the server tells of what is live. */
export class Live {
  readonly #changed: (state: LiveState) => void;
  /** The session is over, or there are too many pages. */
  readonly #refused: () => void;
  #state = nothingLive;
  #stream: EventSource | undefined;
  /** The query of what is heard. */
  #wanted = '';
  #retry: number | undefined;

  constructor(changed: (state: LiveState) => void, refused: () => void) {
    this.#changed = changed;
    this.#refused = refused;
  }

  /** Hears of these topics from now on, of one policy or of all of them. What was known of others is dropped. */
  watch(topics: readonly Topic[], policy: string | null): void {
    const all = [...new Set<Topic>(['measured', ...topics])].sort().join(' ');
    const ofPolicy: Record<string, string> = policy === null || topics.length === 0 ? {} : { policy };
    const wanted = String(new URLSearchParams({ topics: all, ...ofPolicy }));
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#set({ sources: null, blocked: null });
    this.#open();
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    const stream = new EventSource(`/page/live?${this.#wanted}`);
    this.#stream = stream;
    stream.addEventListener('open', () => this.#set({ connection: 'open' }));
    stream.addEventListener('error', () => {
      this.#set({ connection: 'lost' });
      // The browser comes again by itself where it had no answer, not where that was a refusal.
      if (stream.readyState !== EventSource.CLOSED || this.#stream !== stream) return;
      this.#refused();
      this.#retry = setTimeout(() => this.#open(), retryInterval);
    });
    this.#hear('session', (session) => ({ session }));
    this.#hear('measured', (measured) => ({
      measured,
      samples: [...this.#state.samples.slice(1 - mostSamples), sampleOf(measured)],
    }));
    this.#hear('sources', (sources) => ({ sources }));
    this.#hear('blocked', (blocked) => ({ blocked }));
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#wanted = '';
    clearTimeout(this.#retry);
    this.#state = nothingLive;
  }

  #hear<Name extends keyof LiveEvents>(
    name: Name,
    change: (told: LiveEvents[Name]) => Partial<LiveState>,
  ): void {
    this.#stream?.addEventListener(name, ({ data }) =>
      this.#set({ connection: 'open', ...change(JSON.parse(data)) }),
    );
  }

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed(this.#state);
  }
}
