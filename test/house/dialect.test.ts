import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, takeApart, typeScriptFiles } from './source.ts';

/** What Biome cannot hold of CONTRIBUTING.md, "The dialect", each with what it looks like in code. */
const foreign: Readonly<Record<string, RegExp>> = {
  'a top-level function is a declaration':
    /^(?:export )?const \w+ = (?:async )?(?:\w+|\([^)]*\)(?:: [^=\n]+)?) =>/m,
  'UPPER_CASE is for numbers':
    /^(?:export )?const [A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?:: \w+)? = (?!(?:darwin \? )?[-(~]*(?:\d|(?:\w+\.)?[A-Z][A-Z0-9_]*\b))/m,
};

function findings(text: string): string[] {
  const { code } = takeApart(text);
  return Object.keys(foreign).filter((rule) => foreign[rule]?.test(code));
}

test('all of it is written in one dialect', () => {
  const wrong = typeScriptFiles('grammar', 'schemas', 'src').flatMap((path) =>
    findings(read(path)).map((rule) => `${path}: ${rule}`),
  );
  assert.deepEqual(wrong, []);
});

test('what is foreign is found, and what looks like it is not', () => {
  const [declaration, upper] = Object.keys(foreign);
  assert.deepEqual(findings('const double = (a: number): number => 2 * a;\n'), [declaration]);
  assert.deepEqual(findings('export const later = async () => {};\n'), [declaration]);
  assert.deepEqual(findings('const same = a => a;\n'), [declaration]);
  assert.deepEqual(findings("const NAME = 'x';\n"), [upper]);
  assert.deepEqual(findings('const WORDS = [1];\n'), [upper]);
  assert.deepEqual(
    findings(`
export const emit: Emit = (part) => print(part);
const words = list.map((a) => a);
const FLAG = 1 << 4;
const BOTH = FLAG | OTHER;
const MASK = ~(FLAG | 0x10);
const SIZE: number = AT + 1;
const MARKS = word.SILENT | word.HELD;
const AF_INET6 = darwin ? 30 : 10;
const Flag = { syn: 2 };
  const inner = () => 1;
// const f = () => 1;
`),
    [],
  );
});
