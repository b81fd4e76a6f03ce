import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/**
 * Machines that a test needs, each a network namespace of its own with one address, all on one bridge, which stands in the
 * first of them.
 */
export class BridgedNamespaces {
  readonly #names: ReadonlyMap<string, string>;

  private constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /**
   * @param machines their names, with the addresses that each has, with their prefix lengths
   * @returns undefined, and the test skipped with the reason, where this can't be made
   */
  static make(
    context: TestContext,
    machines: ReadonlyMap<string, readonly string[]>,
  ): BridgedNamespaces | undefined {
    const names = new Map(
      [...machines.keys()].map((machine) => [machine, `levee-${process.pid}-${machine}`]),
    );
    context.after(() => {
      for (const name of names.values()) failureOf(['ip', 'netns', 'delete', name]);
    });
    const made = new BridgedNamespaces(names);
    const failure = process.platform === 'linux' ? made.#setUp(machines) : 'this is no Linux';
    if (failure === null) return made;
    context.skip(`network namespaces can not be made here: ${failure}`);
    return undefined;
  }

  /** The command line that runs a program there. */
  command(machine: string, words: readonly string[]): readonly string[] {
    return ['ip', 'netns', 'exec', this.#nameOf(machine), ...words];
  }

  run(machine: string, command: string): void {
    const failure = failureOf(this.command(machine, command.split(' ')));
    if (failure !== null) throw new Error(`${command}: ${failure}`);
  }

  #nameOf(machine: string): string {
    const name = this.#names.get(machine);
    if (name === undefined) throw new Error(`there is no machine ${machine}`);
    return name;
  }

  /** Returns why not. */
  #setUp(machines: ReadonlyMap<string, readonly string[]>): string | null {
    for (const name of this.#names.values()) {
      const failure = failureOf(['ip', 'netns', 'add', name]);
      if (failure !== null) return failure;
    }
    const [first = '', ...others] = machines.keys();
    const here = [
      'link set lo up',
      'link add hub type bridge',
      'link set hub up',
      ...(machines.get(first) ?? []).map((address) => `address add ${address} dev hub`),
      ...others.flatMap((machine, index) => [
        `link add port${index} type veth peer name net0 netns ${this.#nameOf(machine)}`,
        `link set port${index} master hub up`,
      ]),
    ];
    const there = (machine: string): readonly string[] => [
      'link set lo up',
      ...(machines.get(machine) ?? []).map((address) => `address add ${address} dev net0`),
      'link set net0 up',
    ];
    return (
      failureOf(['ip', '-n', this.#nameOf(first), '-batch', '-'], here) ??
      others
        .map((machine) => failureOf(['ip', '-n', this.#nameOf(machine), '-batch', '-'], there(machine)))
        .find(isFailure) ??
      null
    );
  }
}

function isFailure(failure: string | null): failure is string {
  return failure !== null;
}

/** Why a command does not work here; null where it did. `input`: its lines, where it reads any. */
function failureOf([command = '', ...words]: readonly string[], input?: readonly string[]): string | null {
  const given = input === undefined ? {} : { input: `${input.join('\n')}\n` };
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8', ...given });
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.trim() || `exit status ${status}`;
}
