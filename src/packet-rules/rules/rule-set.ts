import { luaType } from '../../lua/host/api.ts';
import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { DissectorData } from '../dissectors/dissector.ts';
import { pushData, pushKeptField } from '../dissectors/lua-data.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import type { ProtectedCalls } from './protected-calls.ts';

/** A rule. `table` is a reference to its table of Lua. */
export type Rule = {
  readonly table: bigint;
  readonly hooks: readonly string[];
  /** Written for a later version of Haka, whose functions do not get the rule itself. */
  readonly isLater: boolean;
};

/** Rules that run together. `table` refers to a table of Lua whose functions run before, between and after them. */
export type Group = {
  readonly table: bigint | undefined;
  /** Its functions do not get the group itself, as those of a later Haka's rules. */
  readonly isLater: boolean;
  readonly rules: Map<string, Rule[]>;
};

const defaultGroup = 'default';
const mostHooks = 1000;

/** All rules. A hook runs groups in the order in which they were made, and their rules in that of the file. */
export class RuleSet {
  readonly #calls: ProtectedCalls;
  readonly #objects: HostObjects;
  readonly #log: RulesLog;
  readonly #groups = new Map<string, Group>();
  /** The groups that run on each hook. */
  readonly #onHook = new Map<string, Group[]>();

  constructor(calls: ProtectedCalls, objects: HostObjects, log: RulesLog) {
    this.#calls = calls;
    this.#objects = objects;
    this.#log = log;
  }

  /** A new group, in place of one that had its name. */
  addGroup(name: string, table: bigint | undefined, isLater: boolean): Group {
    const group = { table, isLater, rules: new Map<string, Rule[]>() };
    this.#groups.delete(name);
    this.#groups.set(name, group);
    this.#onHook.clear();
    return group;
  }

  /** Adds a rule to a group; without one, to the default group. */
  add(
    rule: Rule,
    group = this.#groups.get(defaultGroup) ?? this.addGroup(defaultGroup, undefined, false),
  ): void {
    for (const hook of rule.hooks) {
      const known = group.rules.get(hook);
      if (known === undefined) group.rules.set(hook, [rule]);
      else known.push(rule);
    }
    this.#onHook.clear();
  }

  /** The number of rules for each hook. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { rules } of this.#groups.values())
      for (const [hook, list] of rules) counts.set(hook, (counts.get(hook) ?? 0) + list.length);
    return counts;
  }

  hasOn(hook: string): boolean {
    return this.#groupsOn(hook).length > 0;
  }

  /** Runs a hook for a packet, until the packet is no longer valid. @throws RuleError, RulesStopped */
  run(hook: string, data: DissectorData): void {
    const groups = this.#groupsOn(hook);
    this.#log.log('debug', 'rule', `entering hook '${hook}'`);
    for (const group of groups) {
      if (this.#runGroup(group, hook, data)) continue;
      this.#log.log('debug', 'rule', `aborting hook '${hook}'`);
      return;
    }
    this.#log.log('debug', 'rule', `leaving hook '${hook}'`);
  }

  #groupsOn(hook: string): readonly Group[] {
    const known = this.#onHook.get(hook);
    if (known !== undefined) return known;
    const groups = [...this.#groups.values()].filter(({ rules }) => rules.has(hook));
    // Rules may fire hooks of any names.
    if (this.#onHook.size < mostHooks) this.#onHook.set(hook, groups);
    return groups;
  }

  /** False: the packet is no longer valid. */
  #runGroup(group: Group, hook: string, data: DissectorData): boolean {
    this.#callGroup(group, 'init', data, hook);
    for (const rule of group.rules.get(hook) ?? []) {
      if (!this.#evaluate(rule, hook, data, group)) return true;
      if (!data.isValid()) return false;
    }
    this.#callGroup(group, 'fini', data, hook);
    if (group.isLater) this.#callGroup(group, 'final', data, hook);
    return true;
  }

  /** Runs a rule. Returns whether the group goes on: its `continue` decides by what the rule returned. */
  #evaluate(rule: Rule, hook: string, data: DissectorData, { table, isLater }: Group): boolean {
    const asks = table !== undefined && this.#has(table, 'continue');
    const given = this.#calls.call(
      (stack) => this.#pushEval(stack, rule, hook, data),
      () => (asks ? this.#calls.state.keepCopy() : undefined),
    );
    if (table === undefined || given === undefined) return true;
    try {
      return this.#calls.call(
        (stack) => {
          if (isLater) {
            pushKeptField(stack, table, 'continue');
            stack.pushKept(given);
            return 1 + this.#pushSubject(stack, data, hook, isLater);
          }
          const count = this.#pushCall(stack, table, 'continue', data, hook, isLater);
          stack.pushKept(given);
          return count + 1;
        },
        (stack) => stack.boolean(-1),
      );
    } finally {
      this.#calls.state.release(given);
    }
  }

  #pushEval(stack: LuaStack, { table, isLater }: Rule, hook: string, data: DissectorData): number {
    if (!isLater) {
      stack.pushKept(table);
      stack.pushText(hook);
      stack.setField(stack.count - 1, 'hook');
      stack.drop(1);
    }
    return this.#pushCall(stack, table, 'eval', data, hook, isLater);
  }

  /** Pushes a function of a table and its arguments: the table, unless it is a later Haka's, and the packet. */
  #pushCall(
    stack: LuaStack,
    table: bigint,
    name: string,
    data: DissectorData,
    hook: string,
    isLater: boolean,
  ): number {
    pushKeptField(stack, table, name);
    if (!isLater) stack.pushKept(table);
    return this.#pushSubject(stack, data, hook, isLater) + (isLater ? 0 : 1);
  }

  /** Pushes what the hook runs for. A later Haka passes more along, as the SYN with the connection that it begins. */
  #pushSubject(stack: LuaStack, data: DissectorData, hook: string, isLater: boolean): number {
    pushData(stack, this.#objects, data);
    return 1 + ((isLater && data.pushMore?.(stack, hook, this.#objects)) || 0);
  }

  #has(table: bigint, name: string): boolean {
    return this.#calls.state.prepare((stack) => {
      pushKeptField(stack, table, name);
      const isThere = stack.type(-1) === luaType.function;
      stack.drop(1);
      return isThere;
    });
  }

  #callGroup({ table, isLater }: Group, name: string, data: DissectorData, hook: string): void {
    if (table === undefined || !this.#has(table, name)) return;
    this.#calls.run((stack) => this.#pushCall(stack, table, name, data, hook, isLater));
  }
}
