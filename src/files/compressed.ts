/** What compressed bytes begin with, what they are, and what writes their content. */
const formats: readonly (readonly [beginning: string, what: string, remedy: string])[] = [
  ['\x1f\x8b', 'compressed by gzip', 'gzip -dc'],
  ['\x28\xb5\x2f\xfd', 'compressed by zstd', 'zstd -dc'],
  ['\x04\x22\x4d\x18', 'compressed by lz4', 'lz4 -dc'],
  ['\xfd7zX', 'compressed by xz', 'xz -dc'],
  ['BZh', 'compressed by bzip2', 'bzip2 -dc'],
  ['\x1f\x9d', 'compressed by compress', 'gzip -dc'],
  ['PK\x03\x04', 'a zip archive', 'unzip -p'],
];

export type Compressed = { readonly what: string; readonly remedy: string };

/** By what bytes are compressed, and the command that writes what they hold when the name of the file follows. */
export function compressedBy(bytes: Uint8Array): Compressed | undefined {
  const beginning = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  const [, what, remedy] = formats.find(([mark]) => beginning.startsWith(mark)) ?? [];
  return what === undefined || remedy === undefined ? undefined : { what, remedy };
}
