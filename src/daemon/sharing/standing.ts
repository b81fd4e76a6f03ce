import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SecretKey } from '../../access/secret-key.ts';
import type { Head } from '../../cluster/configuration/head.ts';
import {
  digestOf,
  type Image,
  isSharedList,
  type SharedContent,
  type SharedItem,
} from '../../cluster/configuration/image.ts';
import type { Shared } from '../../cluster/configuration/own-configuration.ts';
import type { StoredStanding } from '../../store/sharing.ts';

/** For what its secrets are sealed. */
const destination = 'shared configuration';

/**
 * What nodes have in common, as this one keeps it: its secrets under its own key, and without the digest, by which they
 * could be guessed. Throws where the key can't be read or made.
 */
export function keptStanding(
  { head, past, image }: Shared,
  revision: number,
  key: SecretKey,
): StoredStanding {
  const { digest, ...kept } = head;
  const rows = withItems(image, (item) =>
    typeof item === 'object' && 'secret' in item ? { secret: key.seal(item.secret, destination) } : item,
  );
  return { revision, head: JSON.stringify({ ...kept, past }), image: deflateRawSync(JSON.stringify(rows)) };
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
  return { head: { ...kept, digest: digestOf(opened) }, past, image: opened };
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
