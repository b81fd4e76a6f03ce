/** An address and a port of TCP or UDP. The address is text without brackets, or a name. */
export type Endpoint = { readonly address: string; readonly port: number };

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
