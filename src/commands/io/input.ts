import { readSync } from 'node:fs';
import { codeOf } from '../../text/reason.ts';
import { pauseBriefly } from './pause.ts';

/** Standard input to its end, also from a pipe that another process has made non-blocking. */
export function readStandardInput(): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EOF') return Buffer.concat(chunks);
      if (code !== 'EAGAIN') throw error;
      pauseBriefly();
    }
  }
}
