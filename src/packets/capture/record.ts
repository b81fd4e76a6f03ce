/** One packet of a capture as it was recorded. */
export class CaptureRecord {
  /** Link type as the pcap formats number it: https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** Since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Length on the wire, of which `bytes` may be a first part only. */
  readonly originalLength: number;
  /** A view of what was read: who keeps it for long should copy it. */
  readonly bytes: Uint8Array;

  constructor(
    linkType: number,
    seconds: number,
    nanoseconds: number,
    originalLength: number,
    bytes: Uint8Array,
  ) {
    this.linkType = linkType;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.originalLength = originalLength;
    this.bytes = bytes;
  }
}

/** Why a capture can't be read further. */
export type CaptureProblem = {
  readonly message: string;
  /** Byte of the capture at which it shows. */
  readonly offset: number;
};

/** The most that libpcap lets one record hold; one that claims more is taken for a damaged file. */
export const mostRecordBytes = 262_144;

/** What reads the records of one file format. */
export interface RecordReader {
  /** The next record, or undefined when it needs more bytes or has a problem. */
  next(): CaptureRecord | undefined;
  readonly problem: CaptureProblem | undefined;
  /** Whether times are finer than a microsecond. */
  readonly nanosecond: boolean;
  /** The link types of what has been described so far. */
  readonly linkTypes: readonly number[];
  /** Another file begins here. */
  readonly isOver: boolean;
}
