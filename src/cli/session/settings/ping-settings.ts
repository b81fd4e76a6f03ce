/** How a session pings. */
export class PingSettings {
  /** Each as FortiWeb has it. */
  static readonly standard = { 'data-size': 56, 'repeat-count': 5, timeout: 2 } as const;
  readonly #set = new Map<PingOption, number>();

  get(option: PingOption): number {
    return this.#set.get(option) ?? PingSettings.standard[option];
  }

  set(option: PingOption, value: number): void {
    this.#set.set(option, value);
  }

  reset(): void {
    this.#set.clear();
  }
}

export type PingOption = keyof typeof PingSettings.standard;
