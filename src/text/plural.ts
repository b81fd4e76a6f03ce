/** A number with its noun: `1 event`, `2 events`. */
export function counted(number: number, noun: string, many = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : many}`;
}

/** The verb of so many: `1 record was`, `2 records were`. */
export function wasOrWere(number: number): string {
  return number === 1 ? 'was' : 'were';
}

/** The verb of so many: `1 record is`, `2 records are`. */
export function isOrAre(number: number): string {
  return number === 1 ? 'is' : 'are';
}
