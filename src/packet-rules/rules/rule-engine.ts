import type { Dissector, DissectorData } from '../dissectors/dissector.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import { RuleError } from './errors.ts';
import type { RuleSet } from './rule-set.ts';

type HookNames = { readonly up: string; readonly down: string };

const mostNames = 1000;
/** Most dissectors over each other, and most packets that one gives on the way down: more is an endless loop. */
const mostLayers = 4096;
const mostForged = 65_536;
const circle = 'dissectors have made too much of one packet';

/** Takes packets up through the dissectors and down again, and runs the rules on the way. */
export class RuleEngine {
  readonly #rules: RuleSet;
  readonly #log: RulesLog;
  readonly #dissectors = new Map<string, Dissector>();
  readonly #disabled = new Set<string>();
  readonly #hooks = new Set<string>();
  /** Hook names by dissector: a look-up costs less than making the strings for each packet. */
  readonly #names = new Map<string, HookNames>();

  constructor(rules: RuleSet, log: RulesLog) {
    this.#rules = rules;
    this.#log = log;
  }

  /** Registers a dissector, unless its name is known already. */
  register(dissector: Dissector): void {
    const { name, hooks } = dissector;
    if (this.#dissectors.has(name)) return;
    this.#log.log('info', 'core', `registering new dissector: '${name}'`);
    this.#dissectors.set(name, dissector);
    for (const hook of [`${name}-up`, `${name}-down`, ...hooks]) this.#hooks.add(hook);
  }

  has(name: string): boolean {
    return this.#dissectors.has(name);
  }

  /** Whether any rule has one of these hooks. */
  hasRules(hooks: readonly string[]): boolean {
    return hooks.some((hook) => this.#rules.hasOn(hook));
  }

  /** Sends no packet to a dissector any more. Returns whether it was enabled before. */
  disable(name: string): boolean {
    const { size } = this.#disabled;
    this.#disabled.add(name);
    return this.#disabled.size > size;
  }

  /** Logs which hooks have rules, and which of these hooks will never run. */
  logRules(): void {
    const counts = this.#rules.counts();
    let total = 0;
    for (const [hook, count] of counts) {
      total += count;
      if (this.#hooks.has(hook)) this.#log.log('info', 'core', `${count} rule(s) on hook '${hook}'`);
      else this.#log.log('warn', 'core', `${count} rule(s) on unknown hook '${hook}'`);
    }
    if (total === 0) this.#log.log('warn', 'core', 'no registered rule\n');
    else this.#log.log('info', 'core', `${total} rule(s) registered\n`);
  }

  /** The hooks with rules that no dissector has. */
  unknownHooks(): string[] {
    return [...this.#rules.counts().keys()].filter((hook) => !this.#hooks.has(hook));
  }

  /** Takes a packet up, and what the dissectors have made of it down again. */
  filter(packet: DissectorData): void {
    this.#guard(packet, () => this.down(this.#up(packet)));
  }

  /** Takes data down, with the hooks, also when it was dropped. */
  down(data: DissectorData): void {
    this.runHook(this.#namesOf(data.dissector).down, data);
    const forged: DissectorData[] = [];
    this.#guard(data, () => {
      for (let next = data.forge(); next !== undefined; next = data.forge()) {
        if (forged.length === mostForged) throw new RuleError(circle);
        forged.push(next);
      }
    });
    for (const next of forged) this.down(next);
  }

  /** Runs a hook. An error is logged and drops the packet. Returns whether the packet is valid afterwards. */
  runHook(hook: string, data: DissectorData): boolean {
    if (data.isSilent || !this.#rules.hasOn(hook)) return this.#isValid(data);
    return this.#guard(data, () => this.#rules.run(hook, data)) && this.#isValid(data);
  }

  /** Takes a packet up. Returns the data of the last dissector. */
  #up(packet: DissectorData): DissectorData {
    let data = packet;
    if (!this.runHook(this.#namesOf(data.dissector).up, data)) return data;
    let layers = 0;
    for (let { next } = data; next !== undefined && !this.#disabled.has(next); next = data.next) {
      if (++layers > mostLayers) throw new RuleError(circle);
      const dissected = this.#dissect(next, data);
      if (dissected === undefined) return data;
      data = dissected;
      if (!this.#isValid(data) || !this.runHook(this.#namesOf(next).up, data)) return data;
    }
    return data;
  }

  #dissect(name: string, below: DissectorData): DissectorData | undefined {
    const dissector = this.#dissectors.get(name);
    if (dissector === undefined) {
      this.#log.log('error', 'core', `cannot create dissector '${name}': not registered`);
      below.drop();
      return undefined;
    }
    let dissected: DissectorData | undefined;
    this.#guard(below, () => {
      dissected = dissector.dissect(below);
    });
    return dissected;
  }

  #namesOf(dissector: string): HookNames {
    const known = this.#names.get(dissector);
    if (known !== undefined) return known;
    const names = { up: `${dissector}-up`, down: `${dissector}-down` };
    // Rules may give their data any names.
    if (this.#names.size < mostNames) this.#names.set(dissector, names);
    return names;
  }

  /** Rules may have written `valid`. If it fails, the data is not valid. */
  #isValid(data: DissectorData): boolean {
    let isValid = false;
    this.#guard(data, () => {
      isValid = data.isValid();
    });
    return isValid;
  }

  #guard(data: DissectorData, run: () => void): boolean {
    if (this.#isWithoutError(run)) return true;
    this.#isWithoutError(() => data.drop());
    return false;
  }

  #isWithoutError(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.#log.log('error', 'core', error.message);
      return false;
    }
  }
}
