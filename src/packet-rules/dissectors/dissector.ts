/** What one dissector has made of a packet, between the one below and the one above: Haka's "dissector data". */
export interface DissectorData {
  /** Name of the dissector that it is of. */
  readonly dissector: string;
  /** Name of the one that takes it further; undefined when nothing does. */
  readonly next: string | undefined;
  /** Passes without hooks of its own. */
  readonly isSilent: boolean;
  isValid(): boolean;
  drop(): void;
  /** What goes down next, until there is nothing more. */
  forge(): DissectorData | undefined;
}

export interface Dissector {
  readonly name: string;
  /** Hooks beside NAME-up and NAME-down. */
  readonly hooks: readonly string[];
  /** What it makes of the data below it; undefined when it can't, or keeps them. @throws RuleError */
  dissect(below: DissectorData): DissectorData | undefined;
}
