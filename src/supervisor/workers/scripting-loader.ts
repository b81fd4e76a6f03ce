import type { HooksSource } from '../../enforcer/hooks/hooks.ts';
import type { OwnLoading } from './loading.ts';

/** Loads scripting into a worker when it is first needed. Messages that arrive meanwhile wait, so that their order stays. */
export class ScriptingLoader {
  readonly #loading: OwnLoading;
  readonly #loaded: (source: HooksSource) => void;
  #state: 'absent' | 'loading' | 'present' = 'absent';
  #waiting: (() => void)[] = [];

  constructor(loading: OwnLoading, loaded: (source: HooksSource) => void) {
    this.#loading = loading;
    this.#loaded = loaded;
  }

  /** Runs the task now, or once scripting is loaded if this or an earlier task needs it. */
  inTurn(needsScripts: boolean, task: () => void): void {
    if (this.#state === 'loading') {
      this.#waiting.push(task);
    } else if (needsScripts && this.#state === 'absent') {
      this.#state = 'loading';
      this.#waiting.push(task);
      void this.#load();
    } else {
      task();
    }
  }

  /** An installation without scripting is broken: the error ends the thread, and is reported as its cause. */
  async #load(): Promise<void> {
    if (!this.#loading.begin()) return;
    const { scriptHooks } = await import('../../scripting/script-hooks.ts');
    this.#loading.end();
    this.#loaded(scriptHooks());
    this.#state = 'present';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) task();
  }
}
