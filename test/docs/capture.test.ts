import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureIn, withCapture } from '../../docs/capture-block.ts';
import { captureSession } from '../../docs/capture-session.ts';
import { noPseudoTerminal } from '../terminal/pseudo-terminal.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

test('the session in the README is what Levee shows ("npm run capture" writes it)', {
  skip: noPseudoTerminal,
}, async () => {
  assert.equal(captureIn(readme), await captureSession());
});

test('another capture takes the place of the old one, and nothing else', () => {
  const other = withCapture(readme, 'Levee # $& $1\n');
  assert.equal(captureIn(other), 'Levee # $& $1\n');
  assert.equal(withCapture(other, captureIn(readme)), readme);
  assert.throws(() => withCapture('a page', ''), /no block/);
});
