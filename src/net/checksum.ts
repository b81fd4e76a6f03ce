/**
 * The sum of 16-bit words in network order that RFC 1071 defines, not yet folded; `start` is even in the
 * text that is summed. Beyond the end of the bytes stand zeros.
 */
export function sumWords(bytes: Uint8Array, start: number, end: number): number {
  const last = Math.min(end, bytes.length) | 0;
  // Upper and lower bytes by themselves stay numbers of 32 bits, and eight at a time are twice as fast as two.
  let upper = 0;
  let lower = 0;
  let at = start | 0;
  for (const most = last - 7; at < most; at += 8) {
    upper =
      (upper + (bytes[at] ?? 0) + (bytes[at + 2] ?? 0) + (bytes[at + 4] ?? 0) + (bytes[at + 6] ?? 0)) | 0;
    lower =
      (lower + (bytes[at + 1] ?? 0) + (bytes[at + 3] ?? 0) + (bytes[at + 5] ?? 0) + (bytes[at + 7] ?? 0)) | 0;
  }
  for (const most = last - 1; at < most; at += 2) {
    upper += bytes[at] ?? 0;
    lower += bytes[at + 1] ?? 0;
  }
  if (at < last) upper += bytes[at] ?? 0;
  return upper * 256 + lower;
}

/** Folds a sum to 16 bits. */
export function foldSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x1_0000) + Math.floor(folded / 0x1_0000);
  return folded;
}

/** The checksum of a sum: a text that contains its right checksum sums to 0xffff. */
export function checksumOf(sum: number): number {
  return ~foldSum(sum) & 0xffff;
}

/** The checksum after one of the words that it covers has changed: RFC 1624, equation 3. */
export function updateChecksum(checksum: number, before: number, after: number): number {
  return checksumOf((~checksum & 0xffff) + (~before & 0xffff) + after);
}
