import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConnectionTimers } from '../../src/scripting/connection/connection-timers.ts';
import { TimeShare, type TimeShareHost } from '../../src/scripting/runner/time-share.ts';
import { WaitReport } from '../../src/scripting/runner/wait-report.ts';
import { Clock } from './harness.ts';

type Shared = {
  readonly clock: Clock;
  readonly share: TimeShare;
  /** What has been done, in its order. */
  readonly done: string[];
  /** Takes so many milliseconds when it is its turn. */
  readonly ask: (name: string, milliseconds: number) => void;
  readonly rests: () => number;
};

function shared(host: Partial<TimeShareHost> = {}): Shared {
  const clock = new Clock();
  const done: string[] = [];
  let rests = 0;
  const share = new TimeShare({
    now: () => clock.time,
    timers: clock,
    processorTime: () => clock.time,
    rests: () => {
      rests += 1;
    },
    ...host,
  });
  return {
    clock,
    share,
    done,
    ask: (name, milliseconds) =>
      share.take(() => {
        done.push(name);
        clock.time += milliseconds;
      }),
    rests: () => rests,
  };
}

suite('the share of scripts in the time of a worker', () => {
  test('scripts of a policy take half of the time of a worker at most', () => {
    for (const cost of [0.01, 0.5, 3, 10]) {
      const { clock, ask, done, rests } = shared();
      for (let call = 0; call < 200_000; call++) ask('', cost);
      clock.pass(1000);
      const taken = done.length * cost;
      assert.ok(taken <= 500 + cost + 4 && taken >= 400, `${taken} ms in calls of ${cost} ms`);
      assert.ok(rests() > 10);
    }
  });

  test('all is done in the end, in its order', () => {
    const { clock, ask, done } = shared();
    const names = Array.from({ length: 1000 }, (_, index) => String(index));
    for (const name of names) ask(name, 0.3);
    clock.pass(10_000);
    assert.deepEqual(done, names);
  });

  test('nobody waits for what takes little', () => {
    const { clock, share, ask, done, rests } = shared();
    for (let call = 0; call < 1000; call++) {
      ask('', 0.9);
      assert.equal(share.isOver, false);
      clock.pass(1);
    }
    assert.deepEqual([done.length, rests()], [1000, 0]);
  });

  test('what is done without asking counts, too', () => {
    const { clock, share, ask, done } = shared();
    clock.time += 5;
    share.spend(0, 5);
    assert.equal(share.isOver, true);
    ask('later', 0);
    assert.deepEqual(done, []);
    clock.pass(5);
    assert.deepEqual([done, share.isOver], [['later'], false]);
  });

  test('what is done meanwhile makes the wait longer', () => {
    const { clock, share, ask, done, rests } = shared();
    ask('long', 5);
    clock.time += 20;
    share.spend(clock.time - 20, clock.time);
    ask('later', 0);
    clock.pass(19);
    assert.deepEqual(done, ['long']);
    clock.pass(2);
    assert.deepEqual([done, share.isOver, rests()], [['long', 'later'], false, 1]);
  });

  test('a wait for a processor does not count', () => {
    const { clock, share, rests } = shared({ processorTime: () => 0 });
    for (let call = 0; call < 100; call++) {
      clock.time += 3;
      share.spend(clock.time - 3, clock.time);
    }
    assert.deepEqual([share.isOver, rests()], [false, 0]);
  });

  test('whoever has the turn may ask for more, and has it', () => {
    const { clock, share, ask, done } = shared();
    ask('long', 5);
    share.take(() => {
      assert.equal(share.isOver, false);
      ask('within', 1);
    });
    ask('after it', 0);
    clock.pass(100);
    assert.deepEqual(done, ['long', 'within', 'after it']);
  });
});

suite('that scripts had to wait', () => {
  const begin = () => {
    const clock = new Clock();
    const told: number[] = [];
    const engine = {
      now: () => clock.time,
      after: (milliseconds: number, callback: () => void) => clock.after(milliseconds, callback),
    };
    return { clock, told, waits: new WaitReport(engine, (rests) => told.push(rests)) };
  };

  test('is not told of what is little within a minute, however often', () => {
    const { clock, told, waits } = begin();
    for (let minute = 0; minute < 100; minute++) {
      waits.add(40);
      waits.add(40);
      clock.pass(61_000);
    }
    assert.deepEqual(told, []);
  });

  test('is told as soon as it is a tenth of a second, then once a minute', () => {
    const { clock, told, waits } = begin();
    for (let call = 0; call < 10; call++) waits.add(10);
    assert.deepEqual(told, [10]);
    for (let call = 0; call < 1000; call++) {
      waits.add(10);
      clock.pass(50);
    }
    assert.deepEqual(told, [10]);
    clock.pass(10_000);
    assert.deepEqual(told, [10, 1000]);
    clock.pass(60_000);
    assert.deepEqual(told, [10, 1000]);
  });
});

suite('a timer that has to wait for its turn', () => {
  test('is not called where it was cancelled, or set anew, meanwhile', () => {
    const { clock, share, ask, done } = shared();
    const timers = new ConnectionTimers({ timers: clock, share });
    for (const name of ['a', 'b', 'c']) timers.arm(name, 1, false, () => done.push(name));
    ask('long', 50);
    clock.pass(2);
    timers.cancel('a');
    timers.arm('b', 30, false, () => done.push('b anew'));
    clock.pass(1000);
    assert.deepEqual(done, ['long', 'c', 'b anew']);
    assert.deepEqual([timers.names(), clock.pending], [[], 0]);
  });

  test('is called once for all periods that are over', () => {
    const { clock, share, ask, done } = shared();
    const timers = new ConnectionTimers({ timers: clock, share });
    timers.arm('tick', 1, true, () => done.push('tick'));
    ask('long', 50);
    clock.pass(50);
    assert.deepEqual(done, ['long', 'tick']);
    clock.pass(3);
    assert.deepEqual(done.length, 5);
    timers.cancelAll();
  });
});
