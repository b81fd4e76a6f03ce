/**
 * The sum of 16-bit words in network order that RFC 1071 defines, not yet folded; `start` is even in the
 * text that is summed.
 */
export const sumWords = (bytes: Uint8Array, start: number, end: number, sum = 0): number => {
  let total = sum;
  const even = start + ((end - start) & ~1);
  for (let at = start; at < even; at += 2) total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (even < end) total += (bytes[even] ?? 0) << 8;
  return total;
};

/** Folds a sum to 16 bits. */
export const foldSum = (sum: number): number => {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x1_0000) + Math.floor(folded / 0x1_0000);
  return folded;
};

/** The checksum of a sum: a text that contains its right checksum sums to 0xffff. */
export const checksumOf = (sum: number): number => ~foldSum(sum) & 0xffff;

/** The checksum after one of the words that it covers has changed: RFC 1624, equation 3. */
export const updateChecksum = (checksum: number, before: number, after: number): number =>
  checksumOf((~checksum & 0xffff) + (~before & 0xffff) + after);

/** The sum of what TCP covers beside its segment: both addresses, the protocol and the length (RFC 9293, 3.1). */
export const sumPseudoHeader = (
  bytes: Uint8Array,
  addresses: number,
  addressesLength: number,
  protocol: number,
  length: number,
): number =>
  sumWords(bytes, addresses, addresses + addressesLength, protocol + (length >>> 16) + (length & 0xffff));
