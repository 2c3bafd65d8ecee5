import { useLiveQuery } from 'dexie-react-hooks';
import { type Chart, listRecords, readChart } from '../../db/device/charts.ts';
import { countOutbox, type OutboxCounts } from '../../db/device/outbox.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { database, useSession } from './phone.ts';

/** A patient's chart, redrawn whichever thread changes it. Undefined while it is being opened, null when not here. */
export function useChart(patientId: string): Chart | null | undefined {
  const { key } = useSession();
  return useLiveQuery(() => readChart(database, key, patientId), [key, patientId]);
}

/** Every record of an organisation's or clinic's collection on this phone. Undefined while they are being opened. */
export function useRecords(collection: string): StoredRecord[] | undefined {
  const { key } = useSession();
  return useLiveQuery(() => listRecords(database, key, collection), [key, collection]);
}

/** How many gestures are only here, refused, or on the way. */
export function useOutboxCounts(): OutboxCounts | undefined {
  return useLiveQuery(() => countOutbox(database), []);
}
