import { passwordLength } from '../../access/password-rules.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import type { Person } from '../session/context.ts';

const rules = `A new password has ${passwordLength.minimum} to ${passwordLength.maximum} characters, and is neither the name nor the present one.`;

export default {
  verb: 'execute',
  words: ['password'],
  parameters: '',
  help: 'Change your own password; it is asked for, and not shown',
  requires: 'by-table',
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
    const wanted = await newPassword(person);
    if (wanted === null) return done;
    const reason = await password.change({ current, wanted });
    if (reason !== null)
      return [{ error: 'operation-failed', word: reason, expected: 'nothing has changed' }];
    remark('The password is changed.');
    return done;
  },
} satisfies Operation;

/** Asked for twice, until both are the same. */
async function newPassword({ ask, remark }: Person): Promise<string | null> {
  for (;;) {
    const wanted = await ask({ kind: 'password', message: 'new password' });
    const again = wanted === null ? null : await ask({ kind: 'password', message: 'the same again' });
    if (again === null || again === wanted) return again;
    remark('These are not the same.');
  }
}
