import type { Running } from '../daemon/running.ts';
import { counted } from '../text/plural.ts';
import { type Command, UsageError } from './command-line/command.ts';
import { heedSignals } from './session/heed-signals.ts';

export default {
  parameters: '',
  help: 'Run the enforcer in the foreground',
  examples: ['levee daemon --state /var/lib/levee'],
  async run({ open, words, caller }) {
    const [word] = words;
    if (word !== undefined) throw new UsageError(`daemon takes no ${word}`);
    const reportEvent = (line: string): void => caller.report(`levee: ${line}`);
    const stop = caller.stopSignal(['SIGTERM', 'SIGINT', 'SIGQUIT']);
    let running: Running | undefined;
    caller.onSignal('SIGHUP', () => running?.enforcer.logs.reopen());
    // Here, as in the other commands: the help of all loads each file.
    const { own, start } = await import('../daemon/running.ts');
    const owner = await own(open(), 'levee daemon', reportEvent);
    running = await start(owner, reportEvent, await caller.setApart());
    heedSignals(running, caller, reportEvent);
    const listeners = running.enforcer.workers.status().listeners.filter(({ message }) => message === '');
    reportEvent(`running in ${running.owner.state.path}, ${counted(listeners.length, 'listener')}`);
    reportEvent(`stopping on ${await stop}`);
    await running.stop();
    return 0;
  },
} satisfies Command;
