import { placeKey, type RowPlace } from './chart.ts';
import type {
  DeviceDatabase,
  FeedRow,
  OriginRow,
  OutboxRow,
  ReplacedRow,
  SealsRow,
  WalkRow,
} from './device-database.ts';
import { removeDraftsOf } from './drafts.ts';
import { emptiedRows, newlyErased } from './empty-erased.ts';
import { heldAgain } from './replaced.ts';
import { readFeed, readOrigin } from './replica-state.ts';
import { type OpenRow, RowMoved, sealRows, writeRows } from './rows.ts';
import type { OutboxAfter } from './settle-outbox.ts';

const MOST_ATTEMPTS = 20;

/** What is to be stored, all of it in one transaction. */
export interface Stored {
  readonly rows: readonly OpenRow[];
  /** The rows that were read to work it out. */
  readonly read: ReadonlyMap<string, OpenRow>;
  readonly outbox: Pick<OutboxAfter, 'changed' | 'forgotten'> | null;
  /** What a walk brought, and the lives of which earlier rows of walks stay; null: all of them. */
  readonly walk: { readonly row: WalkRow | null; readonly kept: readonly string[] } | null;
  /** What a repair replaced, and ids of what may not be kept any more. */
  readonly replaced: { readonly added: readonly ReplacedRow[]; readonly gone: readonly string[] } | null;
  readonly feed: FeedRow;
  readonly origin: (current: OriginRow) => OriginRow;
  readonly seals: SealsRow | null;
}

/** Works out what to store and stores it, again when a row was saved meanwhile. `work`: null stores nothing. */
export async function untilStored(
  database: DeviceDatabase,
  key: CryptoKey,
  work: (origin: OriginRow, feed: FeedRow) => Promise<Stored | null>,
): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryStore(database, key, work);
    } catch (fault) {
      if (!(fault instanceof RowMoved) || attempt === MOST_ATTEMPTS) throw fault;
    }
  }
}

async function tryStore(
  database: DeviceDatabase,
  key: CryptoKey,
  work: (origin: OriginRow, feed: FeedRow) => Promise<Stored | null>,
): Promise<readonly string[]> {
  const origin = await readOrigin(database);
  const current = await readFeed(database);
  const done = await work(origin, current);
  if (done === null) return [];
  const changed = done.rows.filter((row) => row !== done.read.get(placeKey(row.place)));
  const sealed = await sealRows(key, changed);
  const again = await heldAgain(database, key, changed);
  const erased = newlyErased(changed, done.read);
  const emptied = await emptiedRows(database, key, erased, done.outbox);
  const { charts, records, outbox, drafts, replaced, meta } = database;
  await database.transaction('rw', [charts, records, outbox, drafts, replaced, meta], async () => {
    const now = await readOrigin(database);
    if (await hasMoved(database, origin, now, current.version, done.read)) throw new RowMoved();
    const commit = now.commit + 1;
    await writeRows(database, sealed, commit);
    await putOutbox(database, [...(done.outbox?.changed ?? []), ...emptied]);
    await database.outbox.bulkDelete([...(done.outbox?.forgotten ?? [])]);
    await removeDraftsOf(database, erased);
    await replaced.bulkPut([...(done.replaced?.added ?? [])]);
    await replaced.bulkDelete([...again, ...(done.replaced?.gone ?? [])]);
    if (done.walk !== null) await dropWalks(database, done.walk.kept);
    await meta.bulkPut([
      { ...done.origin(now), commit },
      { ...done.feed, version: current.version + 1 },
      ...(done.walk?.row ? [done.walk.row] : []),
      ...(done.seals === null ? [] : [done.seals]),
    ]);
  });
  return changed.filter(({ place }) => isChart(place)).map((row) => row.place.id);
}

/** Forgets what the walks of other lives than these brought: they are over, or given up. */
async function dropWalks(database: DeviceDatabase, kept: readonly string[]): Promise<void> {
  const keys = await database.meta.where('key').startsWith('walk:').primaryKeys();
  await database.meta.bulkDelete(keys.filter((key) => !kept.some((epoch) => key.startsWith(`walk:${epoch}:`))));
}

/** What a person did about a refused action meanwhile stands: a reply says nothing about it. */
async function putOutbox(database: DeviceDatabase, rows: readonly OutboxRow[]): Promise<void> {
  const now = await database.outbox.bulkGet(rows.map((row) => row.id));
  await database.outbox.bulkPut(
    rows.map(({ settled: _, ...row }, at) => {
      const settled = now[at]?.settled;
      return settled === undefined ? row : { ...row, settled };
    }),
  );
}

export function isChart(place: RowPlace): boolean {
  return place.table === 'charts';
}

/**
 * Was a row saved since it was read? Saves of other rows do not matter: a page of hundreds takes longer to seal than
 * one save, and would otherwise lose every race against a busy window. (Saves take no row away; only replies do, and
 * they count `version` up.)
 */
async function hasMoved(
  database: DeviceDatabase,
  readAt: OriginRow,
  now: OriginRow,
  version: number,
  opened: ReadonlyMap<string, OpenRow>,
): Promise<boolean> {
  if ((await readFeed(database)).version !== version) return true;
  if (now.commit === readAt.commit) return false;
  const charts = await database.charts.where('commit').above(readAt.commit).primaryKeys();
  const records = await database.records.where('commit').above(readAt.commit).primaryKeys();
  return (
    charts.some((id) => opened.has(placeKey({ table: 'charts', id }))) ||
    records.some((id) => opened.has(placeKey({ table: 'records', id })))
  );
}
