import { isIP } from 'node:net';

/** Whether a text is an address of IPv4 (dotted, four numbers) or of IPv6; 0: of none. */
export function addressFamily(text: string): 0 | 4 | 6 {
  switch (isIP(text)) {
    case 4:
      return 4;
    case 6:
      return 6;
    default:
      return 0;
  }
}
