import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AtomicCounters } from '../../src/scripting/shared/counters.ts';
import { createScriptMemory } from '../../src/scripting/shared/layout.ts';
import { releaseScriptMemory, ScriptMemory } from '../../src/scripting/shared/memory.ts';
import { SharedTables } from '../../src/scripting/shared/tables.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { FakeConnection, world } from './harness.ts';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

test('shared tables against plain maps, under any order of operations', () => {
  const key = fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ minLength: 100, maxLength: 255 }));
  const value = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 1000, maxLength: 3000 }),
  );
  const name = fc.constantFrom('a', 'b');
  const keys = fc.array(key, { minLength: 4, maxLength: 4 });
  const step = fc.record({
    what: fc.constantFrom('create', 'insert', 'insert', 'insert', 'lookup', 'delete', 'destroy'),
    name,
    key: fc.nat(3),
    value,
    entries: fc.integer({ min: 1, max: 4 }),
  });
  const memory = new ScriptMemory(createScriptMemory(), 1);
  fc.assert(
    fc.property(keys, fc.array(step, { maxLength: 60 }), (known, steps) => {
      const tables = new SharedTables(memory);
      const model = new Map<string, { most: number; entries: Map<string, string> }>();
      for (const { what, name: table, key: number, value: bytes, entries } of steps) {
        const chosen = known[number] ?? new Uint8Array();
        const kept = model.get(table);
        if (what === 'create') {
          assert.ok(tables.create(table, entries, 1 << 20));
          if (kept === undefined) model.set(table, { most: entries, entries: new Map() });
        } else if (what === 'insert') {
          const isNew = kept !== undefined && !kept.entries.has(hex(chosen)) && kept.entries.size < kept.most;
          assert.equal(tables.insert(table, { key: chosen, value: bytes }), isNew);
          if (isNew) kept.entries.set(hex(chosen), hex(bytes));
        } else if (what === 'lookup') {
          const found = tables.lookup(table, chosen);
          assert.equal(found === null ? undefined : hex(found), kept?.entries.get(hex(chosen)));
        } else if (what === 'delete') {
          assert.equal(tables.delete(table, chosen), kept?.entries.delete(hex(chosen)) ?? false);
        } else {
          assert.equal(tables.destroy(table), model.delete(table));
        }
        assert.equal(tables.entryCount(table), model.get(table)?.entries.size ?? -1);
        assert.deepEqual(
          new Map(tables.entries(table, 0, 99).map((entry) => [hex(entry.key), hex(entry.value)])),
          model.get(table)?.entries ?? new Map(),
        );
      }
      for (const table of model.keys()) tables.destroy(table);
    }),
    { numRuns: rounds(75, 300) },
  );
});

test('a table that is full, by its own memory or by all of it, takes no more, and gives it back', () => {
  const memory = new ScriptMemory(createScriptMemory(1), 1);
  const tables = new SharedTables(memory);
  const fill = (name: string): number => {
    let count = 0;
    while (tables.insert(name, { key: Buffer.from(String(count)), value: new Uint8Array(1000) })) count++;
    return count;
  };
  tables.create('small', 2048, 10_000);
  tables.create('large', 2048, 2 ** 32);
  assert.equal(fill('small'), 8);
  assert.equal(tables.memorySize('small'), 8 * 9 * 128);
  const first = fill('large');
  assert.ok(first > 50);
  tables.destroy('large');
  tables.create('large', 2048, 2 ** 32);
  assert.equal(fill('large'), first);
  assert.equal(tables.memorySize('none'), -1);
});

test('a table lives until its last worker has left it', () => {
  const memory = createScriptMemory();
  const [one, two] = [1, 2].map((worker) => new SharedTables(new ScriptMemory(memory, worker)));
  one?.create('t', 10, 1 << 20);
  assert.equal(two?.destroy('t'), false);
  two?.create('t', 1, 1);
  one?.insert('t', { key: Uint8Array.of(1), value: Uint8Array.of(2) });
  assert.equal(one?.destroy('t'), true);
  assert.deepEqual([...(two?.lookup('t', Uint8Array.of(1)) ?? [])], [2]);
  assert.equal(two?.destroy('t'), true);
  assert.equal(two?.entryCount('t'), -1);
});

test('counters have names, never go below 0, and are destroyed by who made them', () => {
  const memory = createScriptMemory();
  const one = new AtomicCounters(new ScriptMemory(memory, 1));
  const two = new AtomicCounters(new ScriptMemory(memory, 2));
  assert.ok(one.create('a') && two.create('a'));
  assert.equal(two.adjust('a', 5), 5);
  assert.equal(one.adjust('a', -7), 0);
  assert.equal(one.set('a', 2 ** 60), Number.MAX_SAFE_INTEGER);
  assert.equal(one.get('b'), null);
  assert.equal(two.destroy('a'), false);
  assert.equal(one.destroy('a'), true);
  assert.equal(two.get('a'), null);
  assert.equal(one.create('x'.repeat(64)), false);
  assert.equal(one.create(''), false);
  let made = 0;
  while (one.create(`n${made}`)) made++;
  assert.equal(made, 4096);
  assert.equal(one.adjust('n4095', 1), 1);
});

test('a worker that dies with the lock holds up nobody for long', () => {
  const memory = createScriptMemory();
  const dead = new ScriptMemory(memory, 7);
  Atomics.store(dead.words, 0, 7);
  releaseScriptMemory(memory, 6);
  assert.equal(Atomics.load(dead.words, 0), 7);
  releaseScriptMemory(memory, 7);
  assert.ok(new AtomicCounters(new ScriptMemory(memory, 1)).create('a'));
});

test('workers that count together lose nothing', async () => {
  const memory = createScriptMemory();
  const program = fileURLToPath(new URL('counting.worker.ts', import.meta.url));
  const workers = [1, 2].map((worker) => new Worker(program, { workerData: { memory, worker } }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
  const counters = new AtomicCounters(new ScriptMemory(memory, 3));
  assert.equal(counters.get('counted'), 40_000);
  const tables = new SharedTables(new ScriptMemory(memory, 3));
  assert.equal(tables.entryCount('keys'), 2000);
  assert.equal(counters.get('inserted'), 2000);
});

test('values of all kinds go through a shared table unharmed; what can not is an error', () => {
  const memory = createScriptMemory();
  const write = world(
    `when TCP_ACCEPTED {
       local t = PROXY
       log("%s %s", t:shared_table_create("t"), t:shared_table_lookup("t", 1))
       log("%s", t:shared_table_insert("t", 1, {1, 2.5, "\\0\\xff", {deep = true}, [true] = "yes", big = math.maxinteger}))
       log("%s %s", t:shared_table_insert("t", 1, "other"), t:shared_table_insert("t", "1", "text"))
       log("%s", pcall(t.shared_table_insert, t, "t", 2, print))
       local loop = {} loop[1] = loop
       log("%s", select(2, pcall(t.shared_table_insert, t, "t", 3, loop)))
       log("%s", select(2, pcall(t.shared_table_insert, t, "t", 3, ("x"):rep(65537))))
       log("%s", select(2, pcall(t.shared_table_insert, t, "t", 1.5, 1)))
       log("%s", select(2, pcall(t.shared_table_insert, t, "t", ("k"):rep(256), 1)))
       log("%s", t:shared_table_insert("none", 1, 1))
     }`,
    {},
    memory,
  );
  write.runner.fire('TCP_ACCEPTED', write.runner.open(new FakeConnection()));
  assert.deepEqual(write.lines(), [
    'log: true false',
    'log: true',
    'log: false true',
    'log: false',
    'log: a table that nests deeper than 32, or holds itself',
    'log: a value of more than 65536 bytes',
    'log: a key is a string or an integer',
    'log: a key of more than 255 bytes',
    'log: false',
  ]);
  const read = world(
    `when TCP_ACCEPTED {
       local v = PROXY:shared_table_lookup("t", 1)
       log("%s %s %d %s %s %s", v[1], v[2], v[3]:byte(2), v[4].deep, v[true], v.big == math.maxinteger)
       log("%d %s %s", PROXY:shared_table_entry_count("t"), PROXY:shared_table_lookup("t", "1"), PROXY:shared_table_dump("t")["1"])
       log("%s %s", PROXY:shared_table_delete("t", 1), PROXY:shared_table_delete("t", 1))
       log("%s %s", PROXY:shared_table_dump("t", 2), PROXY:shared_table_dump("none"))
     }`,
    {},
    memory,
    2,
  );
  read.runner.fire('TCP_ACCEPTED', read.runner.open(new FakeConnection()));
  assert.deepEqual(read.lines(), [
    'log: 1 2.5 255 true yes true',
    'log: 2 text text',
    'log: true false',
    'log: nil nil',
  ]);
});

test('a limiter written as a script admits as many as a counter does, across workers', () => {
  const limiter = `
    when TCP_ACCEPTED {
      local source = IP:client_addr()
      PROXY:atomic_counter_create(source)
      if PROXY:atomic_counter_inc(source) > 2 then TCP:reject() end
    }
    when TCP_CLOSED { PROXY:atomic_counter_sub(IP:client_addr(), 1) }`;
  const memory = createScriptMemory();
  const runners = [1, 2].map((worker) => world(limiter, {}, memory, worker).runner);
  fc.assert(
    fc.property(
      fc.array(fc.record({ worker: fc.nat(1), closes: fc.boolean() }), { maxLength: 40 }),
      (steps) => {
        const open: (() => void)[] = [];
        for (const { worker, closes } of steps) {
          if (closes) open.shift()?.();
          else {
            const runner = runners[worker];
            const port = new FakeConnection();
            const connection = runner?.open(port);
            if (runner === undefined || connection === undefined) continue;
            runner.fire('TCP_ACCEPTED', connection);
            assert.equal(port.done.includes('reject'), open.length >= 2);
            if (port.done.includes('reject')) runner.close(connection);
            else open.push(() => runner.close(connection));
          }
        }
        for (const close of open) close();
      },
    ),
    { numRuns: rounds(25, 100) },
  );
});
