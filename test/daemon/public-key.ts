/** A key of SSH as the configuration has it, another one for each byte. */
export function publicKey(byte: number): string {
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.alloc(32, byte))]);
  return `ssh-ed25519 ${blob.toString('base64')}`;
}
