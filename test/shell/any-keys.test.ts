import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { DrivenShell } from './driven-shell.ts';
import { FakeSession } from './fake-session.ts';
import { sequencesOf } from './transcript.ts';

const keys = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'con',
      'edit W',
      'set x ',
      '"',
      'é',
      '漢字',
      '😀',
      'e\u0301',
      ' ',
      '\\',
      '#',
      'x'.repeat(25),
    ),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        ...[
          'Tab',
          'S-Tab',
          'Enter',
          'Backspace',
          'Delete',
          'Up',
          'Down',
          'Left',
          'Right',
          'Home',
          'End',
          'C-a',
          'C-b',
        ],
        ...[
          'C-e',
          'C-f',
          'C-k',
          'C-n',
          'C-p',
          'C-r',
          'C-t',
          'C-u',
          'C-v',
          'C-w',
          'C-y',
          'C-c',
          'C-g',
          'M-b',
          'M-f',
          'M-d',
        ],
      )
      .map((name) => `<${name}>`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('?', 'many ?q', '<Paste>a b</Paste>', '<Paste>a<Return>b</Paste>'),
  },
);

test('whatever is typed, what stands on the screen is what painting it afresh shows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(keys, { maxLength: 25 }),
      fc.constantFrom(20, 37, 80),
      fc.constantFrom(5, 24),
      fc.boolean(),
      async (sequence, columns, rows, inOneChunk) => {
        const shell = new DrivenShell(new FakeSession(), { columns, rows, colour: true });
        const chunks = inOneChunk ? [sequence.join('')] : sequence;
        for (const chunk of chunks) await shell.type(sequencesOf(chunk));
        // Out of a page of help, a quoted key, a search and a menu; then painted afresh.
        await shell.type(sequencesOf('q<C-g><C-r><C-g><C-a>'));
        const before = shell.terminal.picture;
        await shell.type(sequencesOf('<C-l>'));
        const after = shell.terminal.picture;
        assert.deepEqual(before.slice(-after.length), after);
        shell.input.end();
        await shell.ended;
        assert.equal(shell.isRaw, false);
      },
    ),
    { numRuns: rounds(8, 60) },
  );
});
