import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strictBatch } from '../cli/session/session.ts';
import type { Owner } from '../daemon/owner.ts';
import { parentGone } from '../daemon/process-end.ts';
import { type Command, UsageError } from './command-line/command.ts';
import type { Caller } from './io/caller.ts';
import { printTo } from './io/output.ts';
import { type DemonstrationServer, startDemonstrationServer } from './quickstart/web-server.ts';
import { heedSignals } from './session/heed-signals.ts';

const example = join('examples', 'quickstart.conf');
/** Where the pool of the example expects it. */
const server = { address: '127.0.0.1', port: 18081 };
const demonstration = 'diagnose policy flood-test "web" connections 15';

const welcome = `Levee guards http://127.0.0.1:18080 (policy "web"):
no source may hold more than 10 connections.
See a flood being refused:  ${demonstration}
See what it is made of, and leave:  show, exit
Change the limit:  config waf layer4-connection-flood-check-rule
                   edit "Web Portal Network Connect Limit"
                   set layer4-connection-threshold 5
                   end
`;

/** Somebody has changed the configuration before: what it guards, and with which limit, is for them to say. */
function welcomeBack(revision: number, path: string): string {
  return `Levee goes on with revision ${revision} of the configuration in ${path}.
See what it guards, and how it stands:  show, diagnose policy list
See a flood being refused:  ${demonstration}
`;
}

export default {
  parameters: '',
  help: 'Guard a small service on loopback and show a flood being refused',
  examples: ['npm start'],
  async run({ open, credentials, words, caller }) {
    const [word] = words;
    if (word !== undefined) throw new UsageError(`quickstart takes no ${word}`);
    const { own, start } = await import('../daemon/running.ts');
    const owner = await own(open(), 'npm start', caller.report);
    let reportEvent = caller.report;
    const running = await start(owner, (event) => reportEvent(event), await caller.setApart());
    heedSignals(running, caller, (line) => reportEvent(line));
    let backend: DemonstrationServer | undefined;
    try {
      backend = await startDemonstrationServer(server.address, server.port);
      const { revision } = owner.configuration.view;
      const status = revision === 0 ? await importExample(owner, caller) : 0;
      if (status !== 0) return status;
      if (!caller.input.isTerminal()) return await demonstrate(owner, caller);
      const { atTerminal, promptAt, uncommitted } = await import('./session/prompt.ts');
      await atTerminal(caller, async (console) => {
        reportEvent = (event) => console.announce(`${event}\n`);
        console.notify(revision === 0 ? welcome : welcomeBack(revision, owner.state.path));
        await Promise.race([
          promptAt(console, owner, owner.state, credentials(), {
            greeting: '',
            losses: () => uncommitted(owner),
          }),
          parentGone(),
        ]);
      });
      return 0;
    } finally {
      await running.stop();
      backend?.close();
    }
  },
} satisfies Command;

async function importExample(owner: Owner, caller: Caller): Promise<number> {
  const bytes = readFileSync(join(import.meta.dirname, '..', '..', example));
  const session = owner.session(`import ${example}`);
  return (await session.batch([{ name: example, bytes }], strictBatch, printTo(caller))).status;
}

/** Without a terminal: what a newcomer would type first, and what it prints. */
async function demonstrate(owner: Owner, caller: Caller): Promise<number> {
  caller.output(`Levee # ${demonstration}\n`);
  return (await owner.session('demonstration').execute(demonstration, printTo(caller))).status;
}
