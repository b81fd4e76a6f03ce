type Beat = {
  /** Milliseconds. */
  readonly interval: number;
  readonly call: () => void;
  /** On the clock of `performance.now`. */
  due: number;
};

const beats = new Set<Beat>();
let timer: NodeJS.Timeout | undefined;

/**
 * Calls whenever the clock of this thread is at a multiple of so many milliseconds. Whoever is called at the same moment
 * shares one wake-up of the thread, which costs far more than what most of them do. It keeps no process alive.
 */
export class Pulse {
  readonly #beat: Beat;

  constructor(interval: number, call: () => void) {
    this.#beat = { interval, call, due: nextOf(interval, performance.now()) };
    beats.add(this.#beat);
    wait();
  }

  stop(): void {
    beats.delete(this.#beat);
    if (beats.size === 0) clearTimeout(timer);
  }
}

/** The next multiple. What is due within the next millisecond counts as over: timers are no finer than that. */
function nextOf(interval: number, now: number): number {
  return (Math.floor((now + 1) / interval) + 1) * interval;
}

function wait(): void {
  const next = Math.min(...[...beats].map(({ due }) => due));
  clearTimeout(timer);
  timer = setTimeout(beatNow, Math.max(1, Math.ceil(next - performance.now()))).unref();
}

function beatNow(): void {
  const now = performance.now();
  try {
    for (const beat of beats) {
      if (beat.due > now + 1) continue;
      try {
        beat.call();
      } finally {
        // One that is late, or takes long, is not called twice.
        beat.due = nextOf(beat.interval, performance.now());
      }
    }
  } finally {
    if (beats.size > 0) wait();
  }
}
