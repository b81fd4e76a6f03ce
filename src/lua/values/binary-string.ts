// Strings of Lua are bytes. As JavaScript strings they have one character for each byte: "binary strings".

/** Bytes, or the UTF-8 of a text, as one character for each byte. */
export function binaryString(value: string | Uint8Array): string {
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value)
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return bytes.toString('latin1');
}

/** The text whose UTF-8 the bytes are. What is not UTF-8 becomes replacement characters. */
export function textOfBinary(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}
