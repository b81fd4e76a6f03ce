import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf, read, typeScriptFiles } from './source.ts';

/** Inside a room: which of its folders may ask which others of it. A room that is not named here is free. */
const innerArrows: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'src/verdict': {
    table: [],
    judge: ['table'],
    upkeep: ['table'],
  },
};

for (const [room, folders] of Object.entries(innerArrows)) {
  /** `src/verdict/table/key.ts` is in `table`. */
  const folderOf = (path: string): string => path.slice(room.length + 1).split('/')[0] ?? '';
  const files = typeScriptFiles(room);

  test(`every file of ${room} is in a folder that is named`, () => {
    assert.deepEqual(
      files.filter((path) => folders[folderOf(path)] === undefined),
      [],
    );
  });

  test(`folders of ${room} ask only those that they may`, () => {
    const wrong = files.flatMap((path) => {
      const allowed = [folderOf(path), ...(folders[folderOf(path)] ?? [])];
      return importsOf(read(path))
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier, line }) => ({ target: posix.join(posix.dirname(path), specifier), line }))
        .filter(({ target }) => target.startsWith(`${room}/`) && !allowed.includes(folderOf(target)))
        .map(({ target, line }) => `${path}:${line} imports ${target}`);
    });
    assert.deepEqual(wrong, []);
  });
}
