import type { Word } from '../../../grammar/word.ts';
import { readsFiles } from '../../access/permissions.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { outsideTransaction } from '../operands/transaction.ts';
import { printedLines } from '../printing/lines/printed.ts';
import type { Client } from '../session/context.ts';
import { mostText } from '../session/settings/limits.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

const modes = {
  replace: 'What the file does not name goes (default)',
  merge: 'What the file does not name stays',
} as const;

const others = {
  check: 'Only show what would change',
  yes: 'Do not ask',
} as const;

export default {
  verb: 'execute',
  words: ['restore', 'config'],
  parameters: '<file> [merge | replace] [check | yes]',
  help: 'Show what a backup of yours would change, and make it the configuration',
  requires: { area: 'mntgrp', access: 'w' },
  api: 'console',
  files: readsFiles,
  suggest(_position, { length }) {
    if (length === 0) return [hint('<file>', 'Where the commands are, on the machine where you type')];
    return choices(length === 1 ? { ...modes, ...others } : others);
  },
  async run({ client, person, print, transactions }, [file, ...parameters]): Promise<Faults> {
    const within = outsideTransaction(transactions);
    if (within !== undefined) return [within];
    if (file === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the file that holds the configuration' }];
    const reading = readParameters(parameters);
    if ('fault' in reading) return [reading.fault];
    const given = await client.readFile(file, mostText);
    if ('fault' in given) return [given.fault];
    const { source } = given;
    const how = { isImport: true, replace: reading.replace };
    const fits = await client.runText(source, {
      ...how,
      check: true,
      thenDone: reading.yes && !reading.check,
      changes: 'lines',
    });
    if (fits === 'refused') return inVain(client);
    if (reading.check || fits === 'idle') return done;
    if (!reading.yes) {
      if (person === undefined) return [unasked];
      const answer = await person.ask({ kind: 'confirm', message: 'Make this change?' });
      if (answer !== 'yes') {
        print(printedLines(['nothing was restored']));
        return done;
      }
    }
    const comment = `restore of ${file.text}`;
    return (await client.runText(source, { ...how, comment })) === 'done' ? done : inVain(client);
  },
} satisfies Operation;

const unasked: Fault = {
  error: 'incomplete',
  word: '',
  expected:
    '"yes", which restores it without a question, or "check", which only shows this; nothing was restored',
};

/** What is wrong has been told, or that it was interrupted. */
function inVain({ signal }: Client): Faults {
  const expected = 'a configuration that can be restored; nothing was';
  return signal.aborted ? done : [{ error: 'operation-failed', word: 'see above', expected }];
}

type Wanted = { readonly replace: boolean; readonly check: boolean; readonly yes: boolean };

function readParameters(parameters: readonly Word[]): Wanted | { readonly fault: Fault } {
  const found: string[] = [];
  for (const word of parameters) {
    const hasMode = found.some((name) => name in modes);
    const hasOther = found.some((name) => name in others);
    const names = [...(hasMode ? [] : Object.keys(modes)), ...(hasOther ? [] : Object.keys(others))];
    const expected = names.length === 0 ? 'the end of the line' : `one of ${names.join(', ')}`;
    const resolved = resolveWord(word, names, expected);
    if ('fault' in resolved) return resolved;
    found.push(resolved.found);
  }
  return { replace: !found.includes('merge'), check: found.includes('check'), yes: found.includes('yes') };
}
