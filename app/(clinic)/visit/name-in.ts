import type { StoredRecord } from '../../../lib/replication/record.ts';

/** The name of a record that is called differently in each language: the shown one, else English, else any. */
export function nameIn(record: StoredRecord, language: string): string | null {
  const names = record.values.name;
  if (typeof names === 'string') return names;
  if (names === null || typeof names !== 'object' || Array.isArray(names)) return null;
  const labels = names as Readonly<Record<string, string>>;
  return labels[language] ?? labels.en ?? Object.values(labels)[0] ?? null;
}
