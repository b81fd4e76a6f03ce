import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Levee, openLevee, printed, type Typist } from './in-process.ts';
import { listing } from './listing.ts';

const friends = ['ann', 'bert', 'carl', 'dora', 'emil'];

const base = `
config test friend
${friends.map((name) => `edit ${name}\nnext`).join('\n')}
end
config test party
  edit "birthday"
    set hosts ann
    set friends bert nobody carl
  next
end
`;

/** The commands that lead into its row. */
export const party = ['config test party', 'edit birthday'];

/** Levee with a party whose lists hold something; all friends are there to be named. */
export function open(context: TestContext): Promise<Levee> {
  return filled(openLevee(context, undefined, listing));
}

async function filled(levee: Levee): Promise<Levee> {
  assert.equal(printed(await levee.as('nobody').import(base)), '');
  return levee;
}

export async function done(typist: Typist, ...lines: readonly string[]): Promise<void> {
  assert.equal(printed(await typist.type(...lines)), '');
}

/** What the open row holds in a list, as data. */
export async function held(typist: Typist, field: string): Promise<unknown> {
  const { output } = await typist.type('show full-configuration | json');
  return JSON.parse(output)['test party'][0][field];
}

export async function complaintsOf(typist: Typist, line: string): Promise<unknown[]> {
  const { problems } = await typist.type(line);
  return problems.map(({ error, before, length, nearest }) => [
    error,
    line.slice(before, before + length),
    nearest,
  ]);
}
