/** IndexedDB on a full disk lets every request succeed and aborts the commit; the reason is inside the error. */
export function diskRefusal(fault: unknown): 'storage-full' | 'database-closed' | null {
  const { name, inner } = (fault ?? {}) as { name?: string; inner?: { name?: string } };
  if (name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError') return 'storage-full';
  if (name === 'DatabaseClosedError' || name === 'InvalidStateError' || inner?.name === 'InvalidStateError')
    return 'database-closed';
  return null;
}
