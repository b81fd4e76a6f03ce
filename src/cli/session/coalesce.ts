import type { Emit } from './session.ts';

const enough = 32 * 1024;

/** Joins pieces of output, so that printing a line costs no message of its own. `flush` when the reply is over. */
export function coalesce(emit: Emit): { readonly emit: Emit; flush(): void } {
  let pending: string[] = [];
  /** The same as a screen shows it; undefined: no otherwise. */
  let screen: string[] | undefined;
  let length = 0;
  let scheduled: NodeJS.Immediate | undefined;
  const flush = (): void => {
    clearImmediate(scheduled);
    scheduled = undefined;
    if (pending.length === 0) return;
    const text = pending.join('');
    const shown = screen?.join('');
    pending = [];
    screen = undefined;
    length = 0;
    emit({ kind: 'output', text, ...(shown === undefined ? {} : { screen: shown }) });
  };
  return {
    flush,
    emit(part) {
      if (part.kind !== 'output') {
        flush();
        emit(part);
        return;
      }
      if (part.screen !== undefined) screen ??= [...pending];
      screen?.push(part.screen ?? part.text);
      pending.push(part.text);
      length += part.text.length;
      if (length >= enough) flush();
      // A command that goes on for long shows what it has.
      else scheduled ??= setImmediate(flush);
    },
  };
}
