export const encodings = ['utf-8', 'latin1', 'utf16'] as const;

export type Encoding = (typeof encodings)[number];

export function isEncoding(name: string): name is Encoding {
  return encodings.some((encoding) => encoding === name);
}

/**
 * The bytes of a text in UTF-8. `latin1` takes what Windows writes by that name (Windows-1252) along; `utf16` has its
 * byte order from its mark, or else from where the first character has its zero.
 */
export function inUtf8(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return bytes;
  return Buffer.from(new TextDecoder(labelOf(bytes, encoding)).decode(bytes));
}

/** Whether bytes that hold commands can't be of an encoding: what UTF-16 has of ASCII has zeros. */
export function isMisnamed(bytes: Uint8Array, encoding: Encoding): boolean {
  return encoding === 'utf16' && bytes.length > 0 && !bytes.includes(0);
}

function labelOf([first, second]: Uint8Array, encoding: Exclude<Encoding, 'utf-8'>): string {
  if (encoding === 'latin1') return 'windows-1252';
  const isBigEndian = first === 0 || (first === 0xfe && second === 0xff);
  return isBigEndian ? 'utf-16be' : 'utf-16le';
}
