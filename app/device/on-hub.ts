import { useLiveQuery } from 'dexie-react-hooks';
import { openOutboxRow } from '../../db/device/outbox.ts';
import { refOf } from '../../lib/replication/merge.ts';
import { refKey } from '../../lib/replication/record.ts';
import { database, useSession } from './phone.ts';

const NOTHING: ReadonlySet<string> = new Set();
/** What each action writes never changes: it is opened once. Ids of records, no content. */
const written = new Map<string, readonly string[]>();

/** Records as `<collection>/<id>` with changes of this phone that an upstream has and the server has not confirmed. */
export function useOnHub(): ReadonlySet<string> {
  const { key } = useSession();
  return useLiveQuery(() => readOnHub(key), [key]) ?? NOTHING;
}

async function readOnHub(key: CryptoKey): Promise<ReadonlySet<string>> {
  const ids = await database.outbox.where('state').equals('received').primaryKeys();
  if (ids.length === 0) return NOTHING;
  const unknown = ids.filter((id) => !written.has(id));
  const rows = (await database.outbox.bulkGet(unknown)).filter((row) => row !== undefined);
  await Promise.all(
    rows.map(async (row) => {
      const { action } = await openOutboxRow(key, row);
      written.set(row.id, [...new Set(action.changes.map((change) => refKey(refOf(change))))]);
    }),
  );
  return new Set(ids.flatMap((id) => written.get(id) ?? []));
}
