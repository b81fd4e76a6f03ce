import { promisify } from 'node:util';
import { deflateRaw, type InputType, inflateRaw, type ZlibOptions } from 'node:zlib';
import { inTurns } from '../../time/time-slice.ts';
import type { Head } from '../configuration/head.ts';
import { imageText } from '../configuration/image.ts';
import type { Shared } from '../configuration/own-configuration.ts';
import { latestTime, mostSteps } from './bounds.ts';
import { Packer, PackingError, Unpacker } from './packing.ts';

const deflate: (text: string) => Promise<Buffer> = promisify(deflateRaw);
const inflate: (bytes: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(inflateRaw);

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
  const [number, time] = [unpacker.number(mostSteps), unpacker.number(latestTime)];
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
export async function packBody({ past, image }: Body): Promise<Buffer> {
  const text = `{"past":${JSON.stringify(past)},"image":${await inTurns(imageText(image))}}`;
  return Buffer.concat([Buffer.of(version), await deflate(text)]);
}

/** Rejects with a PackingError. What it says is not looked at: whoever has sealed it has the key of the cluster. */
export async function unpackBody(bytes: Buffer): Promise<Body> {
  if (bytes[0] !== version) throw new PackingError(`version ${bytes[0]} is not known`);
  const text = await inflate(bytes.subarray(1), { maxOutputLength: longestBody });
  const body: Body = JSON.parse(text.toString('utf8'));
  return body;
}
