/** What a program wants of an output, as JSON that a person can read too. */
export function jsonLines(data: unknown): readonly string[] {
  return JSON.stringify(data, null, 2).split('\n');
}
