import type { Socket } from 'node:net';
import type { Announced } from '../../src/enforcer/connection/proxy-protocol/header.ts';
import { writeHeader } from '../../src/enforcer/connection/proxy-protocol/write-header.ts';
import { parseAddress } from '../../src/net/address.ts';
import { buildAddressMap } from '../../src/net/address-map.ts';
import type { ProxyProtocolSnapshot } from '../../src/policy/snapshot.ts';
import { Client } from '../network/client.ts';

export function addressOf(text: string): Uint32Array {
  const address = new Uint32Array(4);
  if (!parseAddress(text, address)) throw new Error(`${text} is no address`);
  return address;
}

export function announcedOf(source: string, sourcePort = 40_000): Announced {
  return {
    source: addressOf(source),
    sourcePort,
    destination: addressOf(source.includes(':') ? '2001:db8::10' : '198.51.100.10'),
    destinationPort: 443,
  };
}

/** A PROXY header as bytes; an empty source is announced by nobody (UNKNOWN, LOCAL). */
export function headerOf(source: string, version: 'v1' | 'v2' = 'v1', port?: number): Buffer {
  return Buffer.from(writeHeader(version, source === '' ? null : announcedOf(source, port)));
}

/** Those who may announce. */
export function fromPeers(...peers: readonly string[]): ProxyProtocolSnapshot {
  return {
    from: buildAddressMap(peers.map((text) => ({ text, marks: 1 }))),
    isSource: true,
    exemptsProbes: false,
  };
}

/** A client that begins with these bytes. */
export function speaking(port: number, bytes: Uint8Array, from?: string): Client {
  const client = new Client('127.0.0.1', port, from);
  client.socket.write(bytes);
  return client;
}

/** Writes a byte at a time, each in a segment of its own as far as the system lets it. */
export async function trickle(socket: Socket, bytes: Uint8Array): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of bytes) {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(Uint8Array.of(byte), () => setImmediate(resolve)));
  }
}
