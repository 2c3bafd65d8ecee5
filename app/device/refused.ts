import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect, useState } from 'react';
import { openOutboxRow, type PlacedEntry } from '../../db/device/outbox.ts';
import { refusedRows, type Settlement } from '../../db/device/settle-refused.ts';
import { database, useSession } from './phone.ts';

/** A refused action with what it said, and what a person did about it. */
export interface RefusedAction extends PlacedEntry {
  readonly settled: Settlement | null;
}

/** How long a refused action that was dealt with can still be read. */
const KEPT_MS = 30 * 86_400_000;

/** Refused actions, the newest first, those dealt with in the last 30 days included. Undefined while they are opened. */
export function useRefused(): readonly RefusedAction[] | undefined {
  const { key } = useSession();
  const rows = useLiveQuery(() => refusedRows(database), []);
  const [opened, setOpened] = useState<readonly RefusedAction[]>();
  useEffect(() => {
    if (rows === undefined) return;
    let wanted = true;
    const since = Date.now() - KEPT_MS;
    const kept = rows.filter(({ settled }) => settled === undefined || settled.atMs >= since).reverse();
    Promise.all(kept.map(async (row) => ({ ...(await openOutboxRow(key, row)), settled: row.settled ?? null }))).then(
      (read) => wanted && setOpened(read),
      reportError,
    );
    return () => {
      wanted = false;
    };
  }, [rows, key]);
  return opened;
}
