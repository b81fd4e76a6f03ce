import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CapturedConnection } from '../../src/packets/connections/captured-connection.ts';
import { ConnectionTable, type TableOptions } from '../../src/packets/connections/connection-table.ts';
import { KeptConnections } from '../../src/packets/connections/kept-connections.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import fc from '../property.ts';
import { frame, type Segment, tcpOf } from './frames.ts';

const { fin, syn, rst, ack, psh } = Flag;

/** From the client, or with `<` from the server. Numbers begin at 1000 and 5000. */
type Step = readonly [
  from: '>' | '<',
  flags: number,
  sequence: number,
  acknowledgement?: number,
  more?: Segment,
];

const handshake: readonly Step[] = [
  ['>', syn, 1000],
  ['<', syn | ack, 5000, 1001],
  ['>', ack, 1001, 5001],
];
const dataTypes = Buffer.from('abc');

function run(steps: readonly Step[], options: TableOptions<CapturedConnection<string>> = {}) {
  const events: string[] = [];
  const table = new ConnectionTable(new KeptConnections<string>(), {
    ...options,
    onOpened: (connection) => events.push(`opened ${connection.clientPort}`),
    onEstablished: (connection) => events.push(`established ${connection.clientPort}`),
    onEnded: (connection, cause, time) =>
      events.push(`${cause} ${connection.clientPort} ${time % 100_000_000}`),
  });
  const track = ([from, flags, sequence, acknowledgement = 0, more = {}]: Step) => {
    const packet = frame({ isFromClient: from === '>', flags, sequence, acknowledgement, ...more });
    return table.track(packet, tcpOf(packet));
  };
  const tracked = steps.map(track);
  return { events, table, track, tracked };
}

function names(events: readonly string[]): string[] {
  return events.map((event) => event.replace(/ .*/, ''));
}

test('a connection is established when both have acknowledged the other', () => {
  const { events, tracked } = run(handshake);
  assert.deepEqual(names(events), ['opened', 'established']);
  assert.equal(new Set(tracked).size, 1);
  assert.equal(tracked[0]?.clientPort, 40_000);
  assert.equal(tracked[0]?.serverPort, 80);
  assert.deepEqual([...(tracked[0]?.clientAddress ?? [])], [0, 0, 0xffff, 0x0a00_0001]);
});

test('what proves no handshake establishes nothing', () => {
  const cases: readonly (readonly Step[])[] = [
    [
      ['>', syn, 1000],
      ['>', ack, 1001, 5001],
    ],
    [
      ['>', syn, 1000],
      ['<', syn | ack, 5000, 999],
      ['>', ack, 1001, 5001],
    ],
    [
      ['>', syn, 1000],
      ['<', syn | ack, 5000, 1001],
      ['>', ack, 1001, 7777],
    ],
    [
      ['>', syn, 1000],
      ['<', syn | ack, 5000, 1001],
      ['>', syn, 1000],
    ],
    [
      ['>', syn, 1000],
      ['<', ack, 5000, 1],
    ],
  ];
  for (const steps of cases) assert.deepEqual(names(run(steps).events), ['opened']);
  const early: readonly Step[] = [
    ['>', ack, 1001, 5001],
    ['>', rst, 1],
  ];
  assert.deepEqual(run(early).events, []);
});

test('a handshake may be simultaneous, carry data, be repeated, or lack its second part', () => {
  const cases: readonly (readonly Step[])[] = [
    [
      ['>', syn, 1000],
      ['<', syn, 5000],
      ['>', syn | ack, 1000, 5001],
      ['<', syn | ack, 5000, 1001],
    ],
    [
      ['>', syn, 1000, 0, { payload: dataTypes }],
      ['<', syn | ack, 5000, 1004],
      ['>', ack, 1004, 5001],
    ],
    [
      ['>', syn, 1000],
      ['>', syn, 1000],
      ['<', syn | ack, 5000, 1001],
      ['<', syn | ack, 5000, 1001],
      ['>', ack, 1001, 5001],
    ],
    [
      ['>', syn, 1000],
      ['>', syn, 2000],
      ['<', syn | ack, 5000, 2001],
      ['>', ack, 2001, 5001],
    ],
    // The answer that counts is the one that the client acknowledges.
    [
      ['>', syn, 1000],
      ['<', syn | ack, 7000, 1001],
      ['<', syn | ack, 5000, 1001],
      ['>', ack, 1001, 5001],
    ],
    [
      ['>', syn, 1000],
      ['<', syn | ack, 5000, 1001],
      ['<', syn | ack, 7000, 1001],
      ['>', ack, 1001, 5001],
    ],
    // Two network cards, or two processors: the capture has the answer first.
    [
      ['<', syn | ack, 5000, 1001],
      ['>', syn, 1000],
      ['>', ack, 1001, 5001],
    ],
    [
      ['>', syn, 1000],
      ['<', ack, 5001, 1001, { payload: dataTypes }],
      ['>', ack, 1001, 5004],
    ],
  ];
  for (const steps of cases) assert.deepEqual(names(run(steps).events), ['opened', 'established']);
});

test('it ends when both FINs are acknowledged', () => {
  const half: readonly Step[] = [...handshake, ['>', fin | ack, 1001, 5001], ['<', ack, 5001, 1002]];
  assert.equal(run(half).tracked.at(-1)?.state, 'half-closed');
  const both: readonly Step[] = [...half, ['<', fin | ack, 5001, 1002, { payload: dataTypes }]];
  assert.equal(run(both).tracked.at(-1)?.state, 'closing');
  const { events, tracked } = run([...both, ['>', ack, 1002, 5005], ['>', ack, 1002, 5005]]);
  assert.deepEqual(names(events), ['opened', 'established', 'fin']);
  // A packet that comes late still belongs to it.
  assert.equal(tracked.at(-1), tracked[0]);
});

test('it ends by a reset that its receiver would take', () => {
  const good: readonly (readonly Step[])[] = [
    [...handshake, ['>', rst, 1001]],
    [...handshake, ['<', rst | ack, 5001, 1001]],
    [...handshake, ['>', psh | ack, 1001, 5001, { payload: dataTypes }], ['>', rst, 1001 + 60_000]],
  ];
  for (const steps of good) assert.deepEqual(names(run(steps).events), ['opened', 'established', 'reset']);
  assert.deepEqual(
    names(
      run([
        ['>', syn, 1000],
        ['<', rst | ack, 0, 1001],
      ]).events,
    ),
    ['opened', 'reset'],
  );
  const bad: readonly (readonly Step[])[] = [
    [...handshake, ['>', rst, 999]],
    [...handshake, ['>', rst, 1001 + 70_000]],
    [...handshake, ['<', rst, 77]],
  ];
  for (const steps of bad) assert.deepEqual(names(run(steps).events), ['opened', 'established']);
  assert.deepEqual(
    names(
      run([
        ['>', syn, 1000],
        ['<', rst | ack, 0, 77],
        ['<', rst, 1001],
      ]).events,
    ),
    ['opened'],
  );
});

test('the same ends begin another connection when the old one is over, or the server says so', () => {
  const again: readonly Step[] = [
    ['>', syn, 9000],
    ['<', syn | ack, 8000, 9001],
    ['>', ack, 9001, 8001],
  ];
  const over = run([...handshake, ['>', rst, 1001], ...again]);
  assert.deepEqual(names(over.events), ['opened', 'established', 'reset', 'opened', 'established']);
  const alive = run([...handshake, ...again]);
  assert.deepEqual(names(alive.events), ['opened', 'established', 'replaced', 'opened', 'established']);
  assert.equal(alive.tracked.at(-1)?.clientPort, 40_000);
  // A SYN alone, which anyone can send, changes nothing.
  const forged = run([...handshake, ['>', syn, 9000], ['>', ack, 1001, 5001]]);
  assert.deepEqual(names(forged.events), ['opened', 'established']);
});

test('silence ends it at the time when it has lasted too long', () => {
  const timeouts = { opening: 1000, established: 5000, ended: 100 };
  const opening = run(
    [
      ['>', syn, 1000],
      ['>', syn, 1, 0, { clientPort: 9, time: 3000 }],
    ],
    { timeouts },
  );
  assert.deepEqual(opening.events, ['opened 40000', 'timeout 40000 1000', 'opened 9']);
  const open = run(
    [...handshake, ['>', ack, 1001, 5001, { time: 4000 }], ['>', syn, 1, 0, { clientPort: 9, time: 9500 }]],
    { timeouts },
  );
  assert.deepEqual(open.events, ['opened 40000', 'established 40000', 'timeout 40000 9000', 'opened 9']);
  const back = run([...handshake, ['>', ack, 1001, 5001, { time: -90_000_000 }]], { timeouts });
  assert.deepEqual(names(back.events), ['opened', 'established']);
});

test('a dropped connection is remembered as long as packets of it come, and a SYN begins another', () => {
  const { table, track, events } = run(handshake, { timeouts: { dropped: 1000 }, pickUp: true });
  const connection = table.find(frame({}));
  assert.ok(connection !== undefined);
  table.drop(connection);
  for (const time of [900, 1800, 2700]) {
    const late = track(['>', psh | ack, 1001, 5001, { time, payload: dataTypes }]);
    assert.equal(late?.state, 'dropped');
  }
  assert.notEqual(track(['>', syn, 9000, 0, { time: 2800 }]), connection);
  assert.deepEqual(names(events), ['opened', 'established', 'dropped', 'opened']);
});

test('a connection is opened and closed by hand', () => {
  const { table, events } = run([]);
  const opened = table.open(frame({ flags: psh }));
  assert.ok(opened !== undefined);
  assert.equal(table.open(frame({ isFromClient: false })), undefined);
  assert.equal(table.find(frame({ isFromClient: false })), opened);
  assert.equal(opened.isFromClient(frame({})), true);
  assert.equal(opened.isFromClient(frame({ isFromClient: false })), false);
  table.close(opened);
  table.close(opened);
  assert.equal(table.find(frame({})), undefined);
  assert.equal(table.count, 0);
  assert.deepEqual(names(events), ['opened', 'closed']);
});

test('the middle of a connection is taken up when that is wanted, its end is not', () => {
  const cases: readonly (readonly [Step, boolean])[] = [
    [['>', psh | ack, 1001, 5001, { payload: dataTypes }], true],
    [['<', psh | ack, 5001, 1001, { payload: dataTypes }], true],
    [['>', ack, 1001, 5001], false],
    [['>', fin | ack, 1001, 5001], false],
    [['>', rst, 1001], false],
  ];
  for (const [step, isTaken] of cases) {
    assert.deepEqual(run([step]).events, []);
    const { tracked, events } = run([step], { pickUp: true });
    assert.deepEqual(names(events), isTaken ? ['opened', 'established'] : []);
    assert.equal(tracked[0]?.isPickedUp, isTaken ? true : undefined);
    assert.equal(tracked[0]?.clientPort, isTaken ? 40_000 : undefined);
  }
});

test('a connection whose first SYN is missing is taken up by the answer to it', () => {
  const { events, tracked } = run(
    [
      ['<', syn | ack, 5000, 1001],
      ['>', ack, 1001, 5001],
    ],
    { pickUp: true },
  );
  assert.deepEqual(names(events), ['opened', 'established']);
  assert.equal(tracked[0]?.clientPort, 40_000);
});

test('the number of connections is bounded; established ones go last', () => {
  const table = run(handshake, { limit: 3 });
  for (let port = 1; port <= 50; port++) table.track(['>', syn, 1, 0, { clientPort: port, time: port }]);
  assert.equal(table.table.count, 3);
  assert.equal(table.events.filter((event) => event.startsWith('evicted')).length, 48);
  assert.ok(!table.events.includes('evicted 40000'));
  table.table.end();
  assert.equal(table.table.count, 0);
  assert.equal(table.events.filter((event) => event.startsWith('end')).length, 3);
});

test('those that matter least make room, and never that of the packet at hand', () => {
  const { table, track, events } = run(handshake);
  track(['>', syn, 1, 0, { clientPort: 1 }]);
  track(['>', syn, 1, 0, { clientPort: 2 }]);
  track(['<', rst | ack, 0, 2, { clientPort: 2 }]);
  // Port 2 has ended, by the packet at hand.
  assert.equal(table.makeRoom(false), true);
  assert.match(events.at(-1) ?? '', /^evicted 1 /);
  assert.equal(table.makeRoom(false), false);
  track(['>', ack, 1001, 5001]);
  assert.equal(table.makeRoom(false), true);
  assert.deepEqual([table.makeRoom(true), table.count], [false, 1]);
  track(['>', syn, 1, 0, { clientPort: 3 }]);
  assert.equal(table.makeRoom(true), true);
  assert.match(events.at(-1) ?? '', /^evicted 40000 /);
});

test('whatever comes, each connection that is opened ends once and nothing stays', () => {
  const step = fc.record({
    isFromClient: fc.boolean(),
    version: fc.constantFrom(4 as const, 6 as const),
    client: fc.nat(2),
    flags: fc.nat(255),
    sequence: fc.oneof(fc.nat(5), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
    acknowledgement: fc.oneof(fc.nat(5), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
    time: fc.nat(5000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, pickUp) => {
      const opened = new Set<object>();
      const ended = new Set<object>();
      const forgotten = new Set<object>();
      const table = new ConnectionTable(new KeptConnections(), {
        limit: 4,
        pickUp,
        timeouts: {
          opening: 100,
          established: 1000,
          'half-closed': 500,
          closing: 50,
          ended: 300,
          dropped: 400,
        },
        onOpened: (connection) => opened.add(connection),
        onEstablished: (connection) => assert.ok(opened.has(connection) && !ended.has(connection)),
        onEnded: (connection) => {
          assert.ok(opened.has(connection) && !ended.has(connection));
          ended.add(connection);
        },
        onForgotten: (connection) => {
          assert.ok(ended.has(connection) && !forgotten.has(connection));
          forgotten.add(connection);
        },
      });
      for (const segment of steps) {
        const packet = frame(segment);
        const tracked = table.track(packet, tcpOf(packet));
        assert.ok(tracked === undefined || table.find(packet) === tracked);
        assert.ok(table.count <= 4);
        if (tracked?.state === 'established' && segment.flags % 7 === 0) table.drop(tracked);
      }
      table.end();
      assert.equal(table.count, 0);
      assert.deepEqual(ended, opened);
      assert.deepEqual(forgotten, opened);
    }),
  );
});
