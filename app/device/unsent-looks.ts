import type { DeviceDatabase } from '../../db/device/device-database.ts';
import { openOutboxRow } from '../../db/device/outbox.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';

/** What waiting actions are, by id: an action never changes, so each is opened once. */
const looks = new Map<string, boolean>();

/**
 * How many of the actions that wait here only say that somebody looked. They go like all others, but they are no
 * work of a person's that could be lost: nobody is to be alarmed by them.
 */
export async function countUnsentLooks(database: DeviceDatabase, key: CryptoKey): Promise<number> {
  const ids = await database.outbox.where('state').equals('pending').primaryKeys();
  const unknown = ids.filter((id) => !looks.has(id));
  const rows = (await database.outbox.bulkGet(unknown)).filter((row) => row !== undefined);
  const entries = await Promise.all(rows.map((row) => openOutboxRow(key, row)));
  for (const { action } of entries) looks.set(action.id, action.changes.every(isOfTrail));
  return ids.filter((id) => looks.get(id) === true).length;
}

function isOfTrail({ collection }: { readonly collection: string }): boolean {
  return collectionNamed(collection)?.scope === 'trail';
}
