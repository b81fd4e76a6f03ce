import { passwordLength } from '../../access/password-rules.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { askNewPassword } from '../operands/new-password.ts';

const rules = `A new password has ${passwordLength.minimum} to ${passwordLength.maximum} characters, and is neither the name nor the present one.`;

export default {
  verb: 'execute',
  words: ['password'],
  alsoCalled: ['passwd'],
  parameters: '',
  help: 'Change your own password; it is asked for, and not shown',
  requires: 'by-table',
  api: 'console',
  suggest: () => [],
  async run({ person }, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    if (person?.password === undefined) {
      return [
        {
          error: 'operation-failed',
          word: 'there is nobody to ask',
          expected: 'a prompt of an administrator',
        },
      ];
    }
    const { ask, remark, password } = person;
    remark(rules);
    const current = password.isSet() ? await ask({ kind: 'password', message: 'present password' }) : '';
    if (current === null) return done;
    const wanted = await askNewPassword(person);
    if (wanted === null) return done;
    const reason = await password.change({ current, wanted });
    if (reason !== null)
      return [{ error: 'operation-failed', word: reason, expected: 'nothing has changed' }];
    remark('The password is changed.');
    return done;
  },
} satisfies Operation;
