/** A number of 16 bits, big-endian unless it says so, that says how much there is from `from` on. */
export type LengthField = { readonly at: number; readonly from: number; readonly isLittle?: boolean };

/** What says what a frame carries where that is no IP. */
export type Carried = 'EtherType' | 'PPP protocol' | 'LLC SAP' | 'link type' | 'nothing';

/** Where in a frame IP begins, or what it holds in place of IP. */
export type Place = {
  /** -1: nowhere. */
  network: number;
  /** Where there is no IP: the number that tells what there is, and whose number that is. */
  carried: Carried;
  type: number;
  /** Lengths of what stands around, the outermost first; undefined where nobody wants them. */
  lengths: LengthField[] | undefined;
};

export function nowhere(lengths?: LengthField[]): Place {
  return { network: -1, carried: 'nothing', type: 0, lengths };
}

export function isNot(place: Place, carried: Carried, type: number): void {
  place.network = -1;
  place.carried = carried;
  place.type = type;
}
