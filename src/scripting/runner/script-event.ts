import type { RaisedEvent } from '../../events/events.ts';
import { scriptFailed, scriptNotice, scriptSaid, scriptSwitchedOff } from '../../events/scripts.ts';
import type { ScriptReport } from './script-log.ts';

/** `SCRIPT:LINE: MESSAGE`, as Lua tells an error. */
const errorPlace = /^[^\n:]*:(?<line>\d+): (?<reason>.*)$/s;

/** What scripts of a policy report, as an event. `policy`: its row id. */
export function scriptEvent(policy: number, { kind, script, occasion, message }: ScriptReport): RaisedEvent {
  switch (kind) {
    case 'log':
    case 'debug':
      return scriptSaid({ policy, script, occasion, isDebug: kind === 'debug', message });
    case 'error': {
      const { line = '0', reason = message } = errorPlace.exec(message)?.groups ?? {};
      return scriptFailed({ policy, script, line: Number(line), reason });
    }
    case 'switched-off':
      return scriptSwitchedOff({ policy, script, reason: message });
    case 'notice':
      return scriptNotice({ policy, reason: message });
  }
}
