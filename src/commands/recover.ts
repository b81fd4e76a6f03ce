import { strictBatch } from '../cli/session/session.ts';
import type { StateDirectory } from '../daemon/state/state-directory.ts';
import type { LastRevision } from '../store/committed-in.ts';
import { logTime } from '../time/log-time.ts';
import { type Command, UsageError } from './command-line/command.ts';
import type { Caller } from './io/caller.ts';
import { printTo } from './io/output.ts';

/** No permission is asked: the owner of the state directory could write all this into its database. */
const account = `config system admin
  edit admin
    set access-profile prof_admin
    unset password
    unset two-factor
    unset totp-secret
    unset trusthostv4
    unset trusthostv6
    set force-password-change disable
  next
end
`;

export default {
  parameters: '[--database]',
  help: 'Take the password of admin away, or put the last good copy of the database back',
  about: [
    'For who owns the state directory; the daemon must not be running. Alone it takes the password of admin away, which was forgotten, and gives admin every right.',
  ],
  options: {
    database: {
      type: 'boolean',
      help: 'Put the last good copy in the place of a database that is damaged or missing',
    },
  },
  examples: ['sudo -u levee levee recover --state /var/lib/levee'],
  async run({ openToRead, words: [word, extra], caller }) {
    const unknown = word === '--database' ? extra : word;
    if (unknown !== undefined) throw new UsageError(`recover takes no ${unknown}`);
    return word === undefined ? recoverAccount(openToRead(), caller) : recoverDatabase(openToRead(), caller);
  },
} satisfies Command;

async function recoverAccount(state: StateDirectory, caller: Caller): Promise<number> {
  const { own } = await import('../daemon/running.ts');
  const owner = await own(state, 'levee recover', caller.report);
  try {
    // What waits for the confirmation of somebody must not wait for the last who can be let in.
    owner.configuration.confirm(null, { name: 'levee', origin: 'recover' }, true);
    const source = { name: 'recover', bytes: Buffer.from(account) };
    const { status } = await owner.session('recover').batch([source], strictBatch, printTo(caller));
    if (status === 0) {
      caller.output(
        'admin has every right and no password: whoever owns the state directory is admin, until it has one again\n',
      );
    }
    return status;
  } finally {
    await owner.close();
  }
}

async function recoverDatabase(state: StateDirectory, { output }: Caller): Promise<number> {
  const { restoreCopy } = await import('../daemon/state/restore-copy.ts');
  const { last, kept } = await restoreCopy(state);
  const holds = last === undefined ? 'what a new installation has' : described(last);
  output(`${state.database} holds ${holds}${kept === undefined ? '' : `; what it was is in ${kept}`}\n`);
  return 0;
}

function described({ revision, time, author }: LastRevision): string {
  const { date, time: clock } = logTime(time);
  return `revision ${revision}, which ${author} committed on ${date} at ${clock}`;
}
