import { suite, test } from 'node:test';
import { Store } from '../../src/store/store.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { DatabaseFile, openDatabaseFile } from './database-file.ts';
import { Run, type Step } from './run.ts';
import { smallCatalogue } from './small-catalogue.ts';

type Operation = (run: Run, step: Step) => unknown;

const build: readonly Operation[] = [
  (run, step) => run.create(step),
  (run, step) => run.set(step),
  (run, step) => run.link(step),
  (run, step) => run.list(step),
  (run) => run.merge(),
];

const all: readonly Operation[] = [
  ...build,
  (run, step) => run.unset(step),
  (run, step) => run.delete(step),
  (run, step) => run.again(step),
  (run, step) => run.rename(step),
  (run, step) => run.swap(step),
  (run, step) => run.move(step),
  (run, step) => run.clone(step),
  (run) => run.open(),
  (run) => run.abort(),
  (run) => run.commit(),
  (run, step) => run.rollback(step),
];

const steps = fc.array(
  fc.record({
    operation: fc.oneof(fc.constantFrom(...all), fc.constantFrom(...build)),
    one: fc.nat(),
    other: fc.nat(),
    value: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 5, maxLength: 60 },
);

suite('drafts over drafts over a store', () => {
  test('a row that has come and gone at one place comes back there', (context) => {
    const file = openDatabaseFile(context);
    const store = new Store(file.path, smallCatalogue);
    context.after(() => store.close());
    const run = new Run(store, file);
    const first = { one: 0, other: 0, value: 0 };
    run.create(first);
    run.create(first);
    run.rollback(first);
    run.rollback({ ...first, one: 1 });
    run.again(first);
    run.commit();
    run.checkPast();
  });

  test('show what a plain model shows, are committed as they were shown, and can be gone back to', (context) => {
    const file = openDatabaseFile(context);
    let runs = 0;
    fc.assert(
      fc.property(steps, (list) => {
        runs += 1;
        const path = `${file.path}-${runs}`;
        const store = new Store(path, smallCatalogue);
        const look = new DatabaseFile(path);
        try {
          const run = new Run(store, look);
          for (const { operation, ...step } of list) {
            operation(run, step);
            run.check();
          }
          run.commit();
          run.checkPast();
        } finally {
          look.close();
          store.close();
        }
      }),
      { numRuns: rounds(16, 150) },
    );
  });
});
