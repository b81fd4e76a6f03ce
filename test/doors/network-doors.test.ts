import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DoorSettings, NetworkDoor } from '../../src/doors/door.ts';
import { NetworkDoors } from '../../src/doors/network-doors.ts';
import type { Event } from '../../src/events/events.ts';

const ssh: DoorSettings = {
  row: 1,
  name: 'ssh',
  type: 'ssh',
  address: '127.0.0.1',
  port: 22,
  banner: '',
  trusts: () => true,
  tls: null,
  hostNames: [],
  idleMinutes: 5,
};

/** A house with doors that open as the test says. */
class House {
  readonly events: Event['type'][] = [];
  readonly told: string[] = [];
  opening: Promise<void> = Promise.resolve();
  readonly doors: NetworkDoors;

  constructor(context: TestContext) {
    const open = async (settings: () => DoorSettings): Promise<NetworkDoor> => {
      const { port } = settings();
      this.told.push(`open ${port}`);
      await this.opening;
      return {
        guests: 1,
        strangers: 0,
        shut: () => this.told.push(`shut ${port}`),
        close: () => this.told.push(`close ${port}`),
      };
    };
    this.doors = new NetworkDoors({ ssh: open, http: open, page: open, metrics: open }, ({ type }) =>
      this.events.push(type),
    );
    context.after(() => this.doors.close());
  }

  /** What has happened since it was asked last. */
  get news(): readonly string[] {
    return this.told.splice(0);
  }
}

test('a door that is moved lets those stay who have come in, until all is closed', async (context) => {
  const house = new House(context);
  await house.doors.apply([ssh]);
  await house.doors.apply([{ ...ssh, name: 'renamed', idleMinutes: 1 }]);
  assert.deepEqual(house.news, ['open 22']);
  await house.doors.apply([{ ...ssh, port: 23 }]);
  assert.deepEqual(house.news, ['shut 22', 'open 23']);
  house.doors.close();
  assert.deepEqual(house.news, ['close 23', 'close 22']);
  assert.deepEqual(house.events, ['door-opened', 'door-shut', 'door-opened']);
});

test('a door that opens too late, when nobody wants it any more, is closed again', async (context) => {
  const house = new House(context);
  const { promise, resolve } = Promise.withResolvers<void>();
  house.opening = promise;
  const applied = house.doors.apply([ssh]);
  await Promise.resolve();
  house.doors.suspend();
  resolve();
  await applied;
  assert.deepEqual(house.news, ['open 22', 'close 22']);
  await house.doors.apply([ssh]);
  assert.deepEqual(house.news, ['open 22']);
});

test('what could not be opened is tried again, and told once', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const house = new House(context);
  house.opening = Promise.reject(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));
  const failures = await house.doors.apply([ssh]);
  const why = 'another program has that port: stop it, or "set port"';
  assert.deepEqual(failures, [`door "ssh" is not open: ${why}`]);
  const again = async (): Promise<void> => {
    context.mock.timers.tick(5000);
    // Whatever is applied comes after what was begun before.
    assert.deepEqual(await house.doors.apply([ssh]), []);
  };
  await again();
  assert.equal(house.news.length, 3, 'at both commits, and between them');
  assert.deepEqual(
    house.doors.doors.map(({ state, reason }) => [state, reason]),
    [['failed', why]],
  );
  house.opening = Promise.resolve();
  await again();
  assert.deepEqual(
    house.doors.doors.map(({ state, reason }) => [state, reason]),
    [['open', '']],
  );
  assert.deepEqual(house.events, ['door-failed', 'door-opened']);
});
