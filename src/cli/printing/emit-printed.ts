import type { Emit } from '../session/session.ts';
import type { Printed } from './printed.ts';

/** Sends what a command shows to the client, line by line, or for a file that the client writes. */
export function emitPrinted(emit: Emit, { lines, file, goesOn, unpaged }: Printed): void {
  if (file !== undefined) {
    const text = [...lines].map((line) => `${line}\n`).join('');
    emit({ kind: 'file', ...file, text, append: goesOn === true });
    return;
  }
  if (unpaged) emit({ kind: 'unpaged' });
  for (const line of lines) emit({ kind: 'output', text: `${line}\n` });
}
