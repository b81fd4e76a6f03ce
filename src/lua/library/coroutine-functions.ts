import { luaType, ownUpvalue, statusCode } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { HostFunction, LuaStack } from '../values/stack.ts';

/**
 * The functions of Lua's coroutine library (reference manual 5.4, 6.2). The host itself resumes, so that it knows at
 * any time which thread runs, and counts there.
 */

type Status = 'running' | 'suspended' | 'normal' | 'dead';

const valuesPerInstruction = 8;
/** What it takes to make a thread, beside its memory, and to go over to it and back. */
const threadInstructions = 20;
const switchInstructions = 60;
const tooDeep = 'C stack overflow';

function threadAt(stack: LuaStack, index: number): number {
  const coroutine = stack.instance.lua.lua_tothread(stack.thread, index);
  if (coroutine === 0) stack.typeError(index, 'thread');
  return coroutine;
}

function statusOf({ instance, thread }: LuaStack, coroutine: number): Status {
  const { lua } = instance;
  if (coroutine === thread) return 'running';
  const status = lua.lua_status(coroutine);
  if (status === statusCode.yielded) return 'suspended';
  if (status !== statusCode.ok) return 'dead';
  // One that an overrun has crossed has frames for ever: nobody can resume or close it.
  if (lua.lua_getstack(coroutine, 0, instance.scratch) !== 0) return 'normal';
  return lua.lua_gettop(coroutine) === 0 ? 'dead' : 'suspended';
}

function pushNewThread(stack: LuaStack): void {
  const { lua } = stack.instance;
  stack.expectType(1, luaType.function);
  stack.meter.charge(threadInstructions);
  const coroutine = lua.lua_newthread(stack.thread);
  stack.pushCopy(1);
  lua.lua_xmove(stack.thread, coroutine, 1);
}

/** Moves the values on top of one stack to another. False: there is no room for them. */
function move(stack: LuaStack, from: number, to: number, count: number): boolean {
  const { lua } = stack.instance;
  if (lua.lua_checkstack(to, count + 1) === 0) return false;
  stack.meter.charge(count / valuesPerInstruction);
  lua.lua_xmove(from, to, count);
  return true;
}

/**
 * Resumes a coroutine with the values on top of the stack, which its results replace. Returns their number, or undefined
 * where it failed: then the error is there.
 */
function resumed(stack: LuaStack, coroutine: number, argumentCount: number): number | undefined {
  const { instance, meter, thread } = stack;
  const { lua } = instance;
  // Its hook counts anew: code that always yields before it fires must not be free.
  meter.charge(stack.running.interval + switchInstructions);
  const state = statusOf(stack, coroutine);
  if (state !== 'suspended') {
    stack.drop(argumentCount);
    stack.pushText(`cannot resume ${state === 'dead' ? 'dead' : 'non-suspended'} coroutine`);
    return undefined;
  }
  if (!stack.running.hasRoom || !move(stack, thread, coroutine, argumentCount)) {
    stack.drop(argumentCount);
    stack.pushText(stack.running.hasRoom ? 'too many arguments to resume' : tooDeep);
    return undefined;
  }
  const status = stack.running.switchTo(coroutine, () =>
    lua.lua_resume(coroutine, thread, argumentCount, instance.lengthAt),
  );
  // What was spent there counts here, before the next instruction.
  meter.charge(0);
  if (status !== statusCode.ok && status !== statusCode.yielded) {
    lua.lua_xmove(coroutine, thread, 1);
    return undefined;
  }
  const resultCount = instance.word(instance.lengthAt);
  if (move(stack, coroutine, thread, resultCount)) return resultCount;
  lua.lua_settop(coroutine, -resultCount - 1);
  stack.pushText('too many results to resume');
  return undefined;
}

/** Closes a coroutine that is suspended or dead. True where that went well; else the error is on its stack. */
function closed(stack: LuaStack, coroutine: number): boolean {
  const { lua } = stack.instance;
  stack.meter.charge(stack.running.interval + switchInstructions);
  if (!stack.running.mayClose) throw new LuaError(tooDeep);
  return stack.running.close(coroutine, () => lua.lua_resetthread(coroutine)) === statusCode.ok;
}

const create: HostFunction = (stack) => {
  pushNewThread(stack);
  return 1;
};

const resume: HostFunction = (stack) => {
  const coroutine = threadAt(stack, 1);
  const count = resumed(stack, coroutine, stack.count - 1);
  stack.pushBoolean(count !== undefined);
  stack.instance.lua.lua_rotate(stack.thread, 2, 1);
  return (count ?? 1) + 1;
};

/** Raises the error of a coroutine, which is on top of the stack, with the position of the caller before a text. */
function raiseFrom(stack: LuaStack, coroutine: number): number {
  const { lua } = stack.instance;
  const status = lua.lua_status(coroutine);
  if (status > statusCode.yielded) {
    // What it still had to close may fail with another error.
    if (stack.running.mayClose) closed(stack, coroutine);
    lua.lua_xmove(coroutine, stack.thread, 1);
  }
  if (status !== statusCode.memory && stack.type(-1) === luaType.string) {
    lua.luaL_where(stack.thread, 1);
    stack.swap();
    lua.lua_concat(stack.thread, 2);
  }
  return lua.lua_error(stack.thread);
}

const resumeWrapped: HostFunction = (stack) => {
  const coroutine = threadAt(stack, ownUpvalue(1));
  return resumed(stack, coroutine, stack.count) ?? raiseFrom(stack, coroutine);
};

const wrap: HostFunction = (stack) => {
  pushNewThread(stack);
  stack.pushClosure(resumeWrapped, 1);
  return 1;
};

const yieldValues: HostFunction = (stack) => {
  if (!stack.running.isCoroutine) throw new LuaError('attempt to yield from outside a coroutine');
  return stack.instance.lua.lua_yieldk(stack.thread, stack.count, 0, 0);
};

const status: HostFunction = (stack) => {
  stack.pushText(statusOf(stack, threadAt(stack, 1)));
  return 1;
};

const running: HostFunction = (stack) => {
  stack.instance.lua.lua_pushthread(stack.thread);
  stack.pushBoolean(!stack.running.isCoroutine);
  return 2;
};

const isYieldable: HostFunction = (stack) => {
  const coroutine = stack.isNone(1) ? stack.thread : threadAt(stack, 1);
  const isOwn = coroutine === stack.thread && !stack.running.isCoroutine;
  stack.pushBoolean(!isOwn && stack.instance.lua.lua_isyieldable(coroutine) !== 0);
  return 1;
};

const close: HostFunction = (stack) => {
  const coroutine = threadAt(stack, 1);
  const state = statusOf(stack, coroutine);
  if (state !== 'suspended' && state !== 'dead') throw new LuaError(`cannot close a ${state} coroutine`);
  if (closed(stack, coroutine)) {
    stack.pushBoolean(true);
    return 1;
  }
  stack.pushBoolean(false);
  stack.instance.lua.lua_xmove(coroutine, stack.thread, 1);
  return 2;
};

export const coroutineFunctions: Readonly<Record<string, HostFunction>> = {
  create,
  resume,
  wrap,
  yield: yieldValues,
  status,
  running,
  isyieldable: isYieldable,
  close,
};
