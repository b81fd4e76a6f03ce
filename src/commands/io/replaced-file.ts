import { statSync } from 'node:fs';
import { beginningOf } from '../../files/named-text.ts';

/** The first bytes of what would be lost if a file were overwritten; undefined: nothing would be. */
export function replacedBy(name: string, most: number): Buffer | undefined {
  if (statSync(name, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const { bytes } = beginningOf(name, most);
  return bytes.length === 0 ? undefined : bytes;
}
