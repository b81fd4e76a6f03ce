import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOwnConnections,
  forgetConnectionsOf,
  NOBODY,
  OwnConnections,
} from '../../src/enforcer/engine/own-connections.ts';
import { words } from '../verdict/addresses.ts';

const [here, there, elsewhere] = [words('192.0.2.1'), words('198.51.100.1'), words('2001:db8::1')];

test('a connection is known by both of its ends, in every worker, until it is closed', () => {
  const memory = createOwnConnections(2, 100);
  const [one, other] = [new OwnConnections(memory, 1), new OwnConnections(memory, 2)];
  const place = one.enter(here, 40_000, there, 80, 7);
  for (const worker of [one, other]) {
    assert.ok(worker.hasEnd(here, 40_000));
    assert.equal(worker.labelOf(here, 40_000, there, 80), 7);
    for (const [address, port] of [
      [there, 81],
      [elsewhere, 80],
      [here, 80],
    ] as const) {
      assert.equal(worker.labelOf(here, 40_000, address, port), NOBODY);
    }
    assert.equal(worker.hasEnd(here, 40_001), false);
    assert.equal(worker.hasEnd(there, 40_000), false);
  }
  // One port serves connections to several others.
  const second = other.enter(here, 40_000, elsewhere, 80, 8);
  assert.equal(one.labelOf(here, 40_000, elsewhere, 80), 8);
  one.leave(place);
  assert.equal(other.labelOf(here, 40_000, there, 80), NOBODY);
  other.leave(second);
  assert.equal(one.hasEnd(here, 40_000), false);
});

test('as many as there may be have room; those of a worker that has ended are forgotten', () => {
  const count = 40_000;
  const memory = createOwnConnections(2, count / 2);
  const workers = [new OwnConnections(memory, 1), new OwnConnections(memory, 2)] as const;
  const places = Array.from({ length: count }, (_, port) =>
    workers[port % 2 === 0 ? 0 : 1].enter(here, 20_000 + port, there, 80, port),
  );
  assert.equal(workers[0].enter(here, 1, there, 80, 1), 0, 'there is no room for more');
  for (const [port, place] of places.entries()) {
    assert.ok(place > 0);
    assert.equal(workers[1].labelOf(here, 20_000 + port, there, 80), port);
  }
  // Places are taken again, in whatever order they were left.
  for (const port of [4, 0, 39_998, 2]) workers[0].leave(places[port] ?? 0);
  for (const port of [1, 2, 3, 4]) assert.ok(workers[0].enter(elsewhere, port, there, 80, port) > 0);
  assert.equal(workers[0].enter(here, 1, there, 80, 1), 0);
  assert.equal(workers[1].labelOf(elsewhere, 3, there, 80), 3);
  assert.equal(workers[1].hasEnd(here, 20_004), false);
  forgetConnectionsOf(memory, 1);
  for (let port = 0; port < count; port++)
    assert.equal(workers[1].hasEnd(here, 20_000 + port), port % 2 === 1);
  for (const [port, place] of places.entries()) if (port % 2 === 1) workers[1].leave(place);
  assert.equal(new Int32Array(memory)[3], 0, 'none is entered');
  const next = new OwnConnections(memory, 1);
  next.leave(next.enter(here, 1, there, 80, 1));
  next.leave(0);
  assert.equal(next.hasEnd(here, 1), false);
});
