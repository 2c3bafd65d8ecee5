import type { Page } from '@playwright/test';

/** What lies plain beside the sealed rows of a phone's store. */
export interface PhoneFacts {
  readonly charts: number;
  /** Changes that this phone numbered, and those that its outbox holds. */
  readonly numbered: number;
  readonly inOutbox: number;
  readonly pending: number;
  readonly lastCommit: number;
  /** The greatest commit that any row names. */
  readonly greatestCommit: number;
  /** Of a first sync on its way; null when none is. */
  readonly snapshot: { readonly stage: string; readonly delivered: { patients: number; records: number } } | null;
  readonly sealedBytes: number;
}

/** Reads it past the app, as it lies on the disk; nothing is opened. */
export function phoneFacts(page: Page): Promise<PhoneFacts> {
  return page.evaluate(async () => {
    type Row = Record<string, never> & { commit?: number };
    const opened = await new Promise<IDBDatabase>((done, failed) => {
      const request = indexedDB.open('hikma');
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    const names = ['charts', 'records', 'outbox', 'meta'];
    const transaction = opened.transaction(names);
    const rows = (name: string) =>
      new Promise<Row[]>((done, failed) => {
        const request = transaction.objectStore(name).getAll();
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const [charts, records, outbox, meta] = (await Promise.all(names.map(rows))) as [Row[], Row[], Row[], Row[]];
    opened.close();
    const metaRow = (key: string) => meta.find((one) => (one as { key?: string }).key === key) as never;
    const origin = metaRow('origin') as { seq: number; commit: number };
    const feed = metaRow('feed') as { snapshot: PhoneFacts['snapshot'] } | undefined;
    const entries = outbox as unknown as { changes: number; state: string }[];
    const sealed = charts as unknown as { sealed: { bytes: ArrayBuffer } }[];
    return {
      charts: charts.length,
      numbered: origin.seq,
      inOutbox: entries.reduce((sum, entry) => sum + entry.changes, 0),
      pending: entries.filter((entry) => entry.state === 'pending').length,
      lastCommit: origin.commit,
      greatestCommit: [...charts, ...records].reduce((most, row) => Math.max(most, row.commit ?? 0), 0),
      snapshot: feed?.snapshot ?? null,
      sealedBytes: sealed.reduce((sum, row) => sum + row.sealed.bytes.byteLength, 0),
    };
  });
}
