/** How far one 32-bit sequence number lies behind another, from -2^31: RFC 9293, 3.4. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}
