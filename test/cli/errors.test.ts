import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ErrorName, errors } from '../../src/system/errors.ts';
import { parseScript } from './script.ts';

/** Errors that no script shows, and where they are tested instead. */
const elsewhere: Partial<Record<ErrorName, string>> = {
  conflict: 'it takes two sessions at once: two-sessions.test.ts',
  unconfirmed: 'it takes a transaction at a prompt: transactions.test.ts',
  held: 'it takes two sessions at once: transactions.test.ts',
  'beyond-limit': 'it takes more than a script should: test/security/memory.test.ts',
  'not-saved': 'it takes a database that refuses: test/daemon/configuration.test.ts',
};

const names = Object.keys(errors).filter((name): name is ErrorName => name in errors);

test('the page of errors is the map of errors', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, returnCode, message]) => [name, returnCode, message]);
  const map = names.map((name) => {
    const { returnCode, message } = errors[name];
    return [name, returnCode === null ? 'none' : String(returnCode), message('WORD')];
  });
  assert.deepEqual(rows, map);
});

/** Errors with the message of another, told apart by what is expected. */
const hints: Partial<Record<ErrorName, RegExp>> = {
  'wrong-level': /^command parse error before '.*'\n.*\n *\^+ ".*" before it/m,
  'unknown-word': /^command parse error before '.*'\n.*\n *\^+ (?:a field|a table|a branch|the end) of/m,
};

function pattern(name: ErrorName): RegExp {
  const [before = '', after = ''] = errors[name].message('WORD').split('WORD').map(RegExp.escape);
  return hints[name] ?? new RegExp(`^${before}.*${after}$`, 'm');
}

test('every error is in the output of a script, or there is a reason why not', () => {
  const folder = import.meta.dirname;
  const output = globSync(join(folder, '*.txt'))
    .flatMap((file) => parseScript(readFileSync(file, 'utf8')).steps)
    .flatMap((step) => (step.kind === 'command' ? [step.printed] : []))
    .join('\n')
    .replace(/^[^\s:]+:\d+:\d+: /gm, '')
    .replace(/^\(standard input\):\d+:\d+: /gm, '');
  const shown = names.filter((name) => pattern(name).test(output));
  const missing = names.filter((name) => !shown.includes(name));
  assert.deepEqual(missing.sort(), Object.keys(elsewhere).sort());
});
