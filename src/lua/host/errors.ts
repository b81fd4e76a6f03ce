/** What a call has used up. */
export type Resource = 'instructions' | 'time' | 'memory';

/**
 * A call is over its budget. Thrown out of a hook or a function of the host through all of Lua: no pcall sees it. The
 * Lua thread that it crossed must never be used again.
 */
export class Overrun extends Error {
  readonly resource: Resource;

  /**
   * @param position `name:line: ` or ''
   * @param subject what has taken too much
   */
  constructor(resource: Resource, position: string, subject: string) {
    super(`${position}${subject} took more ${resource} than it may`);
    this.resource = resource;
  }
}

/** Thrown by a function of the host, it becomes an error of Lua, after the position of the caller. pcall catches it. */
export class LuaError extends Error {}

/** An error of Lua without a position. */
export class BareLuaError extends LuaError {}

/** How a call into Lua failed. The message has the script's name and line where Lua knows them; bytes as characters. */
export type Failure =
  | { readonly kind: 'error' | 'memory' | 'broken'; readonly message: string }
  | { readonly kind: 'overrun'; readonly resource: Resource; readonly message: string };
