/** Resolves when all have. When one rejects, `end` has the others come to theirs. */
export async function allOrNone(
  works: readonly (Promise<void> | undefined)[],
  end: () => void,
): Promise<void> {
  const results = await Promise.allSettled(
    works.map((work) =>
      work?.catch((error: unknown) => {
        end();
        throw error;
      }),
    ),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
