import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { SecretKey } from '../../access/secret-key.ts';
import type { Head } from '../../cluster/configuration/head.ts';
import {
  digestOf,
  type Image,
  imageText,
  isSharedList,
  type SharedContent,
  type SharedItem,
} from '../../cluster/configuration/image.ts';
import type { Shared } from '../../cluster/configuration/own-configuration.ts';
import type { StoredStanding } from '../../store/sharing.ts';
import { atOnce, inTurns } from '../../time/time-slice.ts';
import { withKey } from './shared-tables.ts';

const deflate: (text: string) => Promise<Buffer> = promisify(deflateRaw);

/** For what its secrets are sealed. */
const destination = 'shared configuration';

/**
 * What nodes have in common, as this one keeps it: its secrets under its own key, and without the digest, by which they
 * could be guessed. Rejects where the key can't be read or made.
 */
export async function keptStanding(
  { head, past, image }: Shared,
  key: SecretKey,
): Promise<Omit<StoredStanding, 'revision'>> {
  const { digest, ...kept } = head;
  const rows = withItems(image, (item) =>
    typeof item === 'object' && 'secret' in item
      ? { secret: withKey(() => key.seal(item.secret, destination)) }
      : item,
  );
  const text = await inTurns(imageText(rows));
  return { head: JSON.stringify({ ...kept, past }), image: await deflate(text) };
}

/** A secret of another key is one that nobody has. */
export function readStanding({ head, image }: StoredStanding, key: SecretKey): Shared {
  const { past, ...kept }: Omit<Head, 'digest'> & Pick<Shared, 'past'> = JSON.parse(head);
  const rows: Image = JSON.parse(inflateRawSync(image).toString('utf8'));
  const opened = withItems(rows, (item) => {
    if (typeof item !== 'object' || !('secret' in item)) return item;
    const reading = key.open(item.secret, destination);
    return 'clearText' in reading ? { secret: reading.clearText } : item;
  });
  return { head: { ...kept, digest: atOnce(digestOf(opened)) }, past, image: opened };
}

function withItems(image: Image, itemOf: (item: SharedItem) => SharedItem): Image {
  const contentOf = (content: SharedContent): SharedContent =>
    isSharedList(content) ? content.map(itemOf) : itemOf(content);
  return image.map((row) => ({
    ...row,
    fields: Object.fromEntries(
      Object.entries(row.fields).map(([name, content]) => [name, contentOf(content)]),
    ),
  }));
}
