/** What an event has used up. */
export type Resource = 'instructions' | 'time' | 'memory';

/**
 * An event is over its budget. Thrown out of a hook or a command through all of Lua: no pcall sees it. The Lua thread
 * that it crossed must never be used again.
 */
export class Overrun extends Error {
  /** @param place `name:line: ` or ''. */
  constructor(resource: Resource, place: string) {
    super(`${place}the event took more ${resource} than it may`);
  }
}

/** A command becomes an error in Lua, which pcall catches. The message gets the position of the caller. */
export class CommandError extends Error {}

/** The same, whose message does not get a position. */
export class BareCommandError extends CommandError {}

/** How a call into Lua failed. */
export type Failure = {
  readonly kind: 'error' | 'overrun' | 'memory' | 'broken';
  /** With the script's name and line where Lua knows them. Bytes as characters. */
  readonly message: string;
};
