import { useLiveQuery } from 'dexie-react-hooks';
import { type Chart, listRecords, readChart } from '../../db/device/charts.ts';
import { countOutbox, type OutboxCounts } from '../../db/device/outbox.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { database, usePhone, useSession } from './phone.ts';
import { countUnsentLooks } from './unsent-looks.ts';

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

/** `looks`: notes that charts were opened, which wait here as well; `unsent` is without them. */
export interface WaitingCounts extends OutboxCounts {
  readonly looks: number;
}

/** How many gestures are only here, refused, or on the way. A locked phone cannot tell the looks among them. */
export function useOutboxCounts(): WaitingCounts | undefined {
  const phone = usePhone();
  const key = phone.state === 'open' ? phone.session.key : null;
  return useLiveQuery(async () => {
    const counts = await countOutbox(database);
    const looks = key === null ? 0 : await countUnsentLooks(database, key);
    return { ...counts, unsent: counts.unsent - looks, looks };
  }, [key]);
}
