import { own, start } from '../daemon/running.ts';
import { counted } from '../text/plural.ts';
import { type Command, UsageError } from './command-line/command.ts';

export default {
  parameters: '',
  help: 'Run the enforcer in the foreground',
  async run({ open, words, caller }) {
    const [word] = words;
    if (word !== undefined) throw new UsageError(`daemon takes no ${word}`);
    const reportEvent = (line: string): void => caller.report(`levee: ${line}`);
    const stop = caller.stopSignal(['SIGTERM', 'SIGINT']);
    const owner = await own(open(), 'levee daemon');
    const running = await start(owner, reportEvent, await caller.setApart());
    process.on('SIGHUP', () => running.enforcer.logs.reopen());
    const listeners = running.enforcer.workers.status().listeners.filter(({ message }) => message === '');
    reportEvent(`running in ${running.owner.state.path}, ${counted(listeners.length, 'listener')}`);
    reportEvent(`stopping on ${await stop}`);
    await running.stop();
    return 0;
  },
} satisfies Command;
