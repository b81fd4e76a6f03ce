import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, takeApart, typeScriptFiles } from './source.ts';

const mostLines = 400;

/** Files that are longer, each with the reason why its one job takes that many lines. */
const longer: Readonly<Record<string, string>> = {};

test('a file of the product has 400 lines at most, or a reason', () => {
  const long = typeScriptFiles('grammar', 'schemas', 'src').filter(
    (path) => read(path).trimEnd().split('\n').length > mostLines,
  );
  assert.deepEqual(long, Object.keys(longer).sort());
});

/** What silences the compiler, or the other tests. */
const inCode: Readonly<Record<string, RegExp>> = {
  any: /(?<![.#\w$'"])any\b(?!\s*[(:?,.])/,
  'as unknown as': /\bas\s+unknown\s+as\b/,
  '.only(': /\.only\s*\(/,
};
const inComments: Readonly<Record<string, RegExp>> = {
  '@ts-ignore': /@ts-(?:ignore|nocheck|expect-error)\b/,
  'biome-ignore without a reason': /biome-ignore[^:\n]*(?::\s*(?:<|$)|$)/m,
};

function findings(text: string): string[] {
  const { code, comments } = takeApart(text);
  return [
    ...Object.keys(inCode).filter((name) => inCode[name]?.test(code)),
    ...Object.keys(inComments).filter((name) => comments.some((comment) => inComments[name]?.test(comment))),
  ];
}

test('nothing silences the compiler or the other tests', () => {
  const wrong = typeScriptFiles('grammar', 'schemas', 'src', 'test', 'bench').flatMap((path) =>
    findings(read(path)).map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test('what silences is found, and words that look like it are not', () => {
  assert.deepEqual(findings('const a: any = 1;'), ['any']);
  assert.deepEqual(findings('const a = b as any;'), ['any']);
  assert.deepEqual(findings('let a: Map<string, any>; let b: any[];'), ['any']);
  assert.deepEqual(findings('const a = b as unknown as C;'), ['as unknown as']);
  assert.deepEqual(findings('test.only(name, run);'), ['.only(']);
  assert.deepEqual(findings('// @ts-ignore\n'), ['@ts-ignore']);
  assert.deepEqual(findings('// biome-ignore lint/style/useConst: <explanation>\n'), [
    'biome-ignore without a reason',
  ]);
  assert.deepEqual(
    findings("// any\nz.any(); Promise.any(list); const text = 'as any'; const o = { any: 1 };"),
    [],
  );
});

/** What opens a file by its name. */
const opening =
  /^(?:open|openSync|openAsBlob|readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|copyFile|copyFileSync|cp|cpSync|createReadStream|createWriteStream|truncate|truncateSync)$/;

/** Files of Levee's own. */
const opensOthers: Readonly<Record<string, string>> = {
  'src/commands/quickstart.ts': 'the example that comes with Levee',
  'src/doors/http/certificate/tls-files.ts': 'the certificate of its own, in the state directory',
  'src/doors/http/page/code.ts': 'what the page is made of, which comes with Levee',
  'src/doors/ssh/host-keys.ts': 'the host keys, in the state directory',
  'src/shell/editor/history-file.ts': 'the history, in the state directory',
};

test('files that a person names are opened in src/files alone', () => {
  const rooms = ['cli', 'commands', 'doors', 'packet-rules', 'packets', 'replay', 'shell'];
  const wrong = typeScriptFiles(...rooms.map((room) => `src/${room}`)).filter((path) => {
    const names = [...read(path).matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g)];
    return names.some(([, list = '']) => list.split(',').some((name) => opening.test(name.trim())));
  });
  assert.deepEqual(wrong, Object.keys(opensOthers));
});
