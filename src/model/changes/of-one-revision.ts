import type { Configuration } from '../../system/configuration.ts';
import { type Steps, TimeSlice } from '../../time/time-slice.ts';

/** Does long work on the configuration in turns; from the beginning where somebody commits meanwhile. */
export async function ofOneRevision<Result>(
  configuration: Pick<Configuration, 'beforeRevision'>,
  begin: () => Steps<Result>,
): Promise<Result> {
  for (;;) {
    let isStale = false;
    const unwatch = configuration.beforeRevision(() => {
      isStale = true;
    });
    try {
      const steps = begin();
      const slice = new TimeSlice();
      while (!isStale) {
        const { done, value } = steps.next();
        if (done) return value;
        if (slice.isOver) await slice.renew();
      }
    } finally {
      unwatch();
    }
  }
}
