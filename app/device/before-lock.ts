/** What must be on the disk before the key is forgotten: drafts of the forms on the screen. */
const flushes = new Set<() => Promise<void>>();

/** Registers something to be saved before locking; the reply takes it away again. */
export function beforeLock(flush: () => Promise<void>): () => void {
  flushes.add(flush);
  return () => flushes.delete(flush);
}

/** Resolves when everything typed is on the disk, as far as the disk takes it. */
export async function flushDrafts(): Promise<void> {
  await Promise.allSettled([...flushes].map((flush) => flush()));
}
