import type { DeviceDatabase, OutboxRow } from './device-database.ts';

/** What a person did about a refused action. Its content stays in the row. */
export interface Settlement {
  /** The content was sent again as new changes, or given up. */
  readonly how: 'sent-again' | 'discarded';
  readonly by: string;
  readonly atMs: number;
}

/** Refused actions by number, those dealt with included: `settled` says which. */
export async function refusedRows(database: DeviceDatabase): Promise<OutboxRow[]> {
  const rows = await database.outbox.where('state').equals('refused').toArray();
  return rows.sort((left, right) => left.seq - right.seq);
}

/**
 * Marks a refused action as dealt with: it no longer waits for a person, and stays readable. False when the outbox
 * holds no such refused action, or when it was dealt with already: the first word counts.
 */
export async function settleRefused(
  database: DeviceDatabase,
  actionId: string,
  settlement: Settlement,
): Promise<boolean> {
  return database.transaction('rw', database.outbox, async () => {
    const row = await database.outbox.get(actionId);
    if (row?.state !== 'refused' || row.settled !== undefined) return false;
    await database.outbox.put({ ...row, settled: settlement });
    return true;
  });
}

/** Takes a settlement back: the refused action waits for a person again. False when there was none. */
export async function reopenRefused(database: DeviceDatabase, actionId: string): Promise<boolean> {
  return database.transaction('rw', database.outbox, async () => {
    const row = await database.outbox.get(actionId);
    if (row?.state !== 'refused' || row.settled === undefined) return false;
    const { settled: _, ...waiting } = row;
    await database.outbox.put(waiting);
    return true;
  });
}
