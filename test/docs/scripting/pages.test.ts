import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { commandTables, globalTables } from '../../../src/scripting/commands/install.ts';
import { allOccasions, type Occasion } from '../../../src/scripting/commands/occasion.ts';
import { socketOptions } from '../../../src/scripting/commands/tcp/socket-options.ts';
import { defaultLimits } from '../../../src/scripting/runner/limits.ts';
import { aliases, events } from '../../../src/scripting/script/events.ts';
import { idleIn } from '../../../src/scripting/script/foreign.ts';
import { FakeConnection, world } from '../../scripting/harness.ts';
import { examplesIn, pages } from './pages.ts';

const folder = 'docs/scripting';
function textOf(name: string): string {
  return pages.get(`${folder}/${name}.md`) ?? '';
}
const index = textOf('README');

const commands = Object.entries(commandTables).flatMap(([table, entries]) =>
  Object.entries(entries).map(([name, { on }]) => ({
    title: `${table}:${name}`,
    page: `${table}-${name}`.toLowerCase().replaceAll('_', '-'),
    on,
  })),
);

function described(on: readonly Occasion[]): string {
  return on.length === allOccasions.length
    ? 'all, timers'
    : on.map((occasion) => (occasion === 'TIMER' ? 'timers' : occasion)).join(', ');
}

suite('pages on scripts', () => {
  test('every command has its page, with the events that it is for', () => {
    for (const { title, page, on } of commands) {
      const text = textOf(page);
      assert.ok(text.startsWith(`# ${title}(`), `${folder}/${page}.md is the page of ${title}`);
      for (const part of ['Arguments', 'Returns', 'Where', 'On FortiADC', 'Example'])
        assert.match(text, new RegExp(`^## ${part}$`, 'm'), `${page}: ${part}`);
      assert.equal(/^Events: (.*)\.$/m.exec(text)?.[1], described(on), page);
    }
  });

  test('every function is on one of the pages of functions', () => {
    const functions = [...pages].filter(([path]) => path.includes('/functions-')).map(([, text]) => text);
    for (const name of globalTables().flatMap((table) => Object.keys(table))) {
      const said = functions.filter((text) => text.includes(`\`${name}(`) || text.includes(`\`${name}\``));
      assert.ok(said.length > 0, name);
    }
  });

  test('every page has an example, and every example says what comes of it', () => {
    for (const [path, text] of pages) {
      const examples = examplesIn(path, text);
      assert.ok(examples.length > 0, `${path} has an example`);
      assert.equal(examples.length, [...text.matchAll(/^```lua/gm)].length, path);
      for (const { expected, code } of examples) assert.ok(expected !== null, `${path}: ${code}`);
    }
  });

  test('the index has every page, and no page is left over', () => {
    const known = new Set(['README', 'from-f5-and-haproxy', ...commands.map(({ page }) => page)]);
    for (const path of pages.keys()) {
      const name = /^docs\/scripting\/(.*)\.md$/.exec(path)?.[1];
      if (name === undefined) continue;
      assert.ok(known.has(name) || name.startsWith('functions-'), `${path} is the page of no command`);
      if (name !== 'README') assert.ok(index.includes(`](${name}.md)`), `the index has ${name}`);
    }
  });

  test('every link leads to a file, and to a heading of it', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    for (const [path, text] of pages) {
      for (const [, to = '', heading] of text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)) {
        const target = join(dirname(path), to);
        assert.ok(existsSync(join(root, target)), `${path}: ${to}`);
        if (heading === undefined) continue;
        const headings = [...(pages.get(target) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
          title.toLowerCase().replaceAll(' ', '-'),
        );
        assert.ok(headings.includes(heading), `${path}: ${to}#${heading}`);
      }
    }
  });

  test('the index has every event with its side, and its other names', () => {
    const sideWords = { client: 'client', member: 'server' };
    for (const { name, side } of events) {
      const others = [...aliases].filter(([, event]) => event === name).map(([alias]) => `, also ${alias}`);
      assert.match(
        index,
        new RegExp(
          `^\\| ${name}${others.join('')} \\|.*\\| ${side === null ? '' : sideWords[side]} ?\\|$`,
          'm',
        ),
        name,
      );
    }
  });

  test('the index has the budgets', () => {
    const { event, start, memory, failuresInARow, overrunsInAMinute } = defaultLimits;
    for (const text of [
      `| instructions of Lua | ${event.instructions} | ${start.instructions} |`,
      `| milliseconds | ${event.milliseconds} | ${start.milliseconds} |`,
      `${memory / 2 ** 20} MiB together`,
      `fails ${failuresInARow} times in a row`,
      `over its budget ${overrunsInAMinute} times within a minute`,
    ])
      assert.ok(index.includes(text), text);
  });

  test('every option of a socket is on its page', () => {
    for (const { name, access, least, most, unit } of socketOptions) {
      const range =
        access === 'both' ? `both | ${least} | ${most}` : `${access === 'get' ? 'get' : 'neither'} | | `;
      const row = `| ${name} | ${range} | ${unit} |`.replace('|  |', '| |');
      assert.ok(textOf('tcp-sockopt').includes(row), row);
    }
  });
});

test('elsewhere a command is an error that names the event', () => {
  for (const { name: event } of events) {
    const isLate = (title: string) => idleIn.get(title)?.events.some((late) => late === event) === true;
    const foreign = commands.filter(({ on, title }) => !on.includes(event) && !isLate(title));
    const calls = foreign.map(({ title }) => `log("%s", select(2, pcall(function() ${title}() end)))`);
    const { runner, lines } = world(`when ${event} { ${calls.join('\n')} }`);
    const port = new FakeConnection();
    runner.fireBind(port);
    const session = runner.open(port);
    runner.fire(event, session);
    runner.retire();
    runner.close(session);
    const told = foreign.map(({ title }) => `${title}() can't be used in ${event}, only in `);
    const said = lines();
    for (const text of told)
      assert.ok(
        said.some((line) => line.includes(text)),
        text,
      );
  }
});
