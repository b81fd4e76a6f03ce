import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { LuaStack } from '../../lua/values/stack.ts';

/** What a dissector has made of a packet: Haka's "dissector data". Other dissectors make the data below and above it. */
export interface DissectorData {
  /** Name of the dissector that made it. */
  readonly dissector: string;
  /** Name of the dissector that takes it further; undefined when none does. */
  readonly next: string | undefined;
  /** Whether no hooks run for it. */
  readonly isSilent: boolean;
  isValid(): boolean;
  drop(): void;
  /** The next data that goes down; undefined when there is no more. */
  forge(): DissectorData | undefined;
  /** Pushes what rules get for it, where that is no object of the host. */
  push?(stack: LuaStack): void;
  /** Pushes what rules of a later Haka get beside it in a hook. Returns how many. */
  pushMore?(stack: LuaStack, hook: string, objects: HostObjects): number;
}

export interface Dissector {
  readonly name: string;
  /** Hooks beside NAME-up and NAME-down. */
  readonly hooks: readonly string[];
  /** Dissects the data below it. Undefined: it can't, or it holds the data back. @throws RuleError */
  dissect(below: DissectorData): DissectorData | undefined;
}
