import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Head } from '../configuration/head.ts';
import type { Shared } from '../configuration/own-configuration.ts';
import { Packer, PackingError, Unpacker } from './packing.ts';

const version = 1;
/** Bytes of it: more than any configuration has. */
const longestBody = 2 ** 30;

export function packHead({ line, number, time, node, author, origin, comment, digest }: Head): Buffer {
  const packer = new Packer();
  packer.number(version);
  packer.number(number);
  packer.number(time);
  for (const text of [line, node, author, origin, comment, digest]) packer.text(text);
  return packer.packed();
}

/** Throws PackingError. */
export function unpackHead(bytes: Buffer): Head {
  const unpacker = new Unpacker(bytes);
  unpacker.expectVersion(version);
  const [number, time] = [unpacker.number(), unpacker.number()];
  const head = {
    number,
    time,
    line: unpacker.text(),
    node: unpacker.text(),
    author: unpacker.text(),
    origin: unpacker.text(),
    comment: unpacker.text(),
    digest: unpacker.text(),
  };
  unpacker.end();
  return head;
}

export type Body = Pick<Shared, 'past' | 'image'>;

/** Tables and fields are named, so that a Levee can say which of them it does not know. */
export function packBody({ past, image }: Body): Buffer {
  return Buffer.concat([Buffer.of(version), deflateRawSync(JSON.stringify({ past, image }))]);
}

/** Throws PackingError. What it says is not looked at: whoever has sealed it has the key of the cluster. */
export function unpackBody(bytes: Buffer): Body {
  if (bytes[0] !== version) throw new PackingError(`version ${bytes[0]} is not known`);
  const body: Body = JSON.parse(
    inflateRawSync(bytes.subarray(1), { maxOutputLength: longestBody }).toString('utf8'),
  );
  return body;
}
