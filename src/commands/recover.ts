import { strictBatch } from '../cli/session/session.ts';
import { own } from '../daemon/running.ts';
import { type Command, UsageError } from './command-line/command.ts';
import { printTo } from './io/output.ts';
import { storedState } from './session/stored-state.ts';

/** No permission is asked: the owner of the state directory could write all this into its database. */
const account = `config system admin
  edit admin
    set access-profile prof_admin
    unset password
    set force-password-change disable
  next
end
`;

export default {
  parameters: '',
  help: 'Take the password of admin away, for who owns the state directory and has forgotten it',
  async run({ open, words: [word], caller }) {
    if (word !== undefined) throw new UsageError(`recover takes no ${word}`);
    const owner = await own(storedState(open()), 'levee recover');
    try {
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
  },
} satisfies Command;
