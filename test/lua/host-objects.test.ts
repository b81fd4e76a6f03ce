import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LuaState } from '../../src/lua/host/state.ts';
import { HostObjects } from '../../src/lua/values/host-objects.ts';
import { run, scriptState } from './lua.ts';

class Door {
  width = 80;
  isOpen = false;
  readonly steps = [1, 2, 3];
}

function given(): { state: LuaState; objects: HostObjects; give: (name: string, door: Door) => void } {
  const state = scriptState();
  const objects = new HostObjects(state);
  const doors = objects.defineOfCall(Door, {
    name: 'door',
    fields: {
      width: {
        get: (stack, door) => stack.pushInteger(door.width),
        set: (stack, door) => {
          door.width = stack.integer(3);
        },
      },
      open: { get: (stack, door) => stack.pushBoolean(door.isOpen) },
    },
    methods: {
      push: (stack, door) => {
        door.isOpen = true;
        stack.pushText(stack.text(2));
        return 1;
      },
    },
    length: ({ steps }) => steps.length,
    element: (stack, { steps }, index) => stack.pushInteger(steps[index - 1] ?? -1),
    setElement: (stack, { steps }, index) => {
      steps[index - 1] = stack.integer(3);
    },
    text: ({ width }) => `a door of ${width}`,
  });
  const give = (name: string, door: Door): void =>
    state.prepare((stack) => {
      doors.push(stack, door);
      stack.setGlobal(name);
    });
  return { state, objects, give };
}

test('fields, methods, elements and text of an object', () => {
  const { state, give } = given();
  const door = new Door();
  give('door', door);
  assert.deepEqual(
    run(
      state,
      `door.width = door.width + 5; door[2] = 7
       return door.width, door.open, door:push('in'), door.open, #door, door[2], tostring(door), type(door)`,
    ),
    ['85', 'false', "'in'", 'true', '3', '7', "'a door of 85'", "'userdata'"],
  );
  assert.equal(door.width, 85);
});

test('an object is the same userdata as long as Lua may have it, and another one never is', () => {
  const { state, objects, give } = given();
  const door = new Door();
  give('one', door);
  give('same', door);
  give('other', new Door());
  assert.deepEqual(run(state, 'return one == same, one == other'), ['true', 'false']);
  objects.releaseCall();
  give('again', door);
  give('new', new Door());
  assert.deepEqual(run(state, 'return one == again'), ['false']);
  for (const use of ['one.width', '#other', 'one[1]', 'one:push("")', 'tostring(one)']) {
    const [error] = run(state, `local value = ${use} return value`);
    assert.match(error ?? '', /^error: (t:1: )?this door is gone: it can't be used any more$/);
  }
  assert.deepEqual(run(state, 'return again.width, new.width'), ['80', '80']);
});

test('what is not there is an error without a place, and nothing reaches the metatable', () => {
  const { state, give } = given();
  give('door', new Door());
  const cases: Readonly<Record<string, string>> = {
    'return door.colour': "error: unknown field 'colour'",
    'door.colour = 1': "error: unknown field 'colour'",
    'return door[true]': "error: unknown field 'boolean'",
    'door.open = true': "error: field 'open' is read-only",
    'return door.push({})': "error: t:1: bad argument #1 to 'push' (door expected, got table)",
    'return getmetatable(door)': "'door'",
    'setmetatable(door, {})': "error: t:1: bad argument #1 to 'setmetatable' (table expected, got door)",
  };
  for (const [code, expected] of Object.entries(cases)) {
    assert.deepEqual(
      run(state, code).map((line) => line.replace('calling ', '')),
      [expected],
    );
  }
});

test('values are bytes that Lua itself keeps', () => {
  const state = scriptState();
  const objects = new HostObjects(state);
  const colours = objects.defineValue({
    name: 'colour',
    fields: {
      red: {
        get: (stack, self) => stack.pushInteger(self[0] ?? 0),
        set: (stack, self) => {
          self[0] = stack.integer(3);
        },
      },
    },
    length: (self) => self.length,
  });
  state.prepare((stack) => {
    stack.pushClosure((running) => {
      colours.push(running, Uint8Array.of(running.integer(1), 2, 3));
      return 1;
    }, 0);
    stack.setGlobal('colour');
  });
  assert.deepEqual(
    run(state, 'local c, d = colour(9), colour(8); d.red = 7; return c.red, d.red, #c, c == d'),
    ['9', '7', '3', 'false'],
  );
  assert.deepEqual(run(state, 'for _ = 1, 100000 do colour(1) end return collectgarbage("count") < 4000'), [
    'true',
  ]);
});

test('a command calls a function of Lua under protection, and an overrun goes through', () => {
  const state = scriptState();
  state.prepare((stack) => {
    stack.pushClosure((running) => {
      running.setCount(1);
      const failure = state.callWithin(0, 0);
      running.pushText(failure?.message ?? 'none');
      return 1;
    }, 0);
    stack.setGlobal('protected');
  });
  assert.deepEqual(run(state, 'return protected(function() error("x") end), protected(function() end)'), [
    "'t:1: x'",
    "'none'",
  ]);
  const budget = { instructions: 10_000, milliseconds: 60_000 };
  const [overrun] = run(state, 'protected(function() while true do end end) return 1', [], budget);
  assert.match(overrun ?? '', /^overrun: t:1: the event took more instructions/);
});
