import type { Standing } from '../../cluster/counts/shared-counts.ts';
import type { CountSettings, OnPartition } from '../../cluster/settings.ts';
import {
  ALL_SHARE,
  CLOSED,
  CUT_OFF,
  JOINING,
  LOCAL,
  PART,
  packSharing,
} from '../../verdict/table/sharing.ts';
import { SharedSlots } from '../../verdict/upkeep/sharing.ts';

const standings: Readonly<Record<Standing, number>> = {
  joining: JOINING,
  sharing: ALL_SHARE,
  'cut-off': CUT_OFF,
};
const partitions: Readonly<Record<OnPartition, number>> = { local: LOCAL, share: PART, closed: CLOSED };

/** How a node stands, as the verdict reads it. */
export function sharingOf(standing: Standing, onPartition: OnPartition, nodes: number): number {
  return packSharing(standings[standing], partitions[onPartition], nodes);
}

/** Has verdicts know from the first one on that counts are going to be shared. */
export function standReady(table: SharedArrayBuffer, { onPartition, blindAllowance }: CountSettings): void {
  new SharedSlots(table).stand(sharingOf('joining', onPartition, 0), 0, blindAllowance);
}
