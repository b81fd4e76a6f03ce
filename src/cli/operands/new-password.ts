import type { Person } from '../session/context.ts';

/** A new password, asked for twice until both are the same; null where the person gives up. */
export async function askNewPassword({
  ask,
  remark,
}: Pick<Person, 'ask' | 'remark'>): Promise<string | null> {
  for (;;) {
    const wanted = await ask({ kind: 'password', message: 'new password' });
    const again = wanted === null ? null : await ask({ kind: 'password', message: 'the same again' });
    if (again === null || again === wanted) return again;
    remark('these are not the same');
  }
}
