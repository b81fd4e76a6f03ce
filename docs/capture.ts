/** Writes what a session with Levee shows into README.md: `npm run capture`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCapture } from './capture-block.ts';
import { captureSession } from './capture-session.ts';

const readme = join(import.meta.dirname, '..', 'README.md');
writeFileSync(readme, withCapture(readFileSync(readme, 'utf8'), await captureSession()));
