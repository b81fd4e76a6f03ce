import { LuaInstance } from './instance.ts';

/** The instance that the states of a worker live in: another one when it is broken. */
export class LuaInstances {
  private instance: LuaInstance | null = null;

  current(): LuaInstance {
    if (this.instance === null || this.instance.broken) this.instance = new LuaInstance();
    return this.instance;
  }
}
