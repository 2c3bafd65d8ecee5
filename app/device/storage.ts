/** What the browser says of this phone's records. Null where it does not say. */
export interface StorageState {
  readonly usedBytes: number | null;
  readonly kept: boolean | null;
}

/** Asks the browser not to delete records when space runs out. False when it refuses or cannot be asked. */
export async function askToKeepRecords(): Promise<boolean> {
  if (navigator.storage?.persist === undefined) return false;
  return navigator.storage.persist();
}

export async function readStorage(): Promise<StorageState> {
  const [estimate, kept] = await Promise.all([navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
  return { usedBytes: estimate?.usage ?? null, kept: kept ?? null };
}
