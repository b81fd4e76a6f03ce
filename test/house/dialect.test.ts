import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, read, takeApart, typeScriptFiles } from './source.ts';

/** What Biome cannot hold of CONTRIBUTING.md, "The dialect", each with what it looks like in code. */
const foreign: Readonly<Record<string, RegExp>> = {
  // A constructor has no other way.
  'what is not public is #private': /^\s+private\s(?!constructor)/m,
  'a top-level function is a declaration':
    /^(?:export )?const \w+ = (?:async )?(?:\w+|\([^)]*\)(?:: [^=\n]+)?) =>/m,
  // What somebody gives is for src/text/pattern.ts: such an expression must not take for ever.
  'a regular expression is written down, not made of a text': /\bRegExp\(/,
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

/** What classes of a text inherit from, where that is no error and no class of a package. */
function parentsIn(text: string): string[] {
  const { code } = takeApart(text);
  const ofPackages = importsOf(text).filter(({ specifier }) => !specifier.startsWith('.'));
  const lines = text.split('\n');
  const known = ofPackages.map(({ line, specifier }) => {
    const from = lines.slice(line - 1).join('\n');
    return from.slice(0, from.indexOf(specifier));
  });
  return [...code.matchAll(/\bclass\s+\w+(?:<(?:[^<>]|<[^<>]*>)*>)?\s+extends\s+(\w+)/g)]
    .map(([, parent = '']) => parent)
    .filter((parent) => !parent.endsWith('Error'))
    .filter((parent) => !known.some((names) => new RegExp(`\\b${parent}\\b`).test(names)));
}

const product = typeScriptFiles('grammar', 'schemas', 'src').map((path) => ({ path, text: read(path) }));

/** Classes that are made to be inherited from: each heir is a kind of thing of its own. */
const abstractClasses: ReadonlySet<string> = new Set(
  product.flatMap(({ text }) =>
    [...takeApart(text).code.matchAll(/\babstract class (\w+)/g)].map(([, name = '']) => name),
  ),
);

test('a class inherits from errors, from classes of packages and from abstract ones only', () => {
  const wrong = product.flatMap(({ path, text }) =>
    parentsIn(text)
      .filter((parent) => !abstractClasses.has(parent))
      .map((parent) => `${path}: ${parent}`),
  );
  assert.deepEqual(wrong, []);
  const text = "import {\n  PassThrough,\n} from 'node:stream';\nimport { B } from './b.ts';\n";
  assert.deepEqual(
    parentsIn(
      `${text}class A extends B {}\nclass C extends PassThrough {}\nclass D<T extends object> extends Error {}\nclass E extends A {}\n`,
    ),
    ['B', 'A'],
  );
});

test('what is foreign is found, and what looks like it is not', () => {
  const [hidden, declaration, expression, upper] = Object.keys(foreign);
  assert.deepEqual(findings('class A {\n  private readonly a = 1;\n}\n'), [hidden]);
  assert.deepEqual(findings('const double = (a: number): number => 2 * a;\n'), [declaration]);
  assert.deepEqual(findings('export const later = async () => {};\n'), [declaration]);
  assert.deepEqual(findings('const same = a => a;\n'), [declaration]);
  assert.deepEqual(findings('const found = new RegExp(word).test(line);\n'), [expression]);
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
class A {
  private constructor() {}
}
  const inner = () => 1;
// const f = () => 1;
`),
    [],
  );
});
