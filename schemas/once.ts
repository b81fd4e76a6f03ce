/** To prepare a statement takes SQLite longer than to run it: only those that are needed are, and once. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
