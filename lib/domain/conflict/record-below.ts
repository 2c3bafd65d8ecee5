import { splitKey } from '../../replication/key.ts';
import type { RecordRef } from '../../replication/record.ts';
import { collectionNamed } from '../collections.ts';
import { isUuid } from '../identity.ts';

/** The edited record that hangs below the deleted one a conflict is about: its key is `<collection>.<id>`. Else null. */
export function recordBelow(kind: unknown, key: string): RecordRef | null {
  const { column, entry } = splitKey(key);
  if (kind !== 'edit-and-delete' || entry === null || !isUuid(entry)) return null;
  return collectionNamed(column) === undefined ? null : { collection: column, id: entry };
}
