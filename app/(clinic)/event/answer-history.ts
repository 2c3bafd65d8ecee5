import type { HistoryEntry } from '../../device/history.ts';

/** The entries that wrote one answer (its value, its rows, or why it is missing), newest first. */
export function entriesOfAnswer(entries: readonly HistoryEntry[], fieldId: string): HistoryEntry[] {
  const keys = [`answers.${fieldId}`, `answers.${fieldId}~other`, `missing.${fieldId}`];
  const writes = (entry: HistoryEntry) =>
    Object.keys(entry.fields).some((key) => keys.includes(key) || key.startsWith(`answers.${fieldId}.`));
  return entries.filter(writes).reverse();
}
