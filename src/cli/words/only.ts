/** The only one that there is, however often; undefined: there is none, or there are several. */
export function onlyOf<T>(values: Iterable<T>): T | undefined {
  const [only, ...others] = new Set(values);
  return others.length > 0 ? undefined : only;
}
