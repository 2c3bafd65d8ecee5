import { isNarrower, rebaseRecord } from '../../lib/replication/apply-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { heldRecord, placeKey, type RowPlace, withRecord } from './chart.ts';
import { placeOf } from './chart-row.ts';
import type { DeviceDatabase } from './device-database.ts';
import { type Holding, letGo } from './let-go.ts';
import type { OpenRow } from './rows.ts';

/** The records that came for one row. */
interface Arrivals {
  readonly place: RowPlace;
  readonly records: Map<string, StoredRecord>;
}

/** What a reply brings to rows; `scopes` null while a snapshot does not say what may be held. */
export interface Arriving extends Pick<Holding, 'departures' | 'complete'> {
  readonly incoming: ReadonlyMap<string, Arrivals>;
  readonly scopes: readonly string[] | null;
}

/** What a reply does to rows: with what it settled of this phone's changes, by record, and what is pending still. */
export interface Work extends Arriving {
  readonly applied: Holding['pending'];
  readonly refused: Holding['pending'];
  readonly pending: Holding['pending'];
}

/** Records by the row they stand in. Those that no phone holds are left out. */
export function byPlace(records: readonly StoredRecord[]): Map<string, Arrivals> {
  const arrivals = new Map<string, Arrivals>();
  for (const record of records) {
    const place = placeOf(record);
    if (place === null) continue;
    const here = arrivals.get(placeKey(place)) ?? { place, records: new Map() };
    here.records.set(refKey(record), record);
    arrivals.set(placeKey(place), here);
  }
  return arrivals;
}

/** The rows to open: where records arrived, `others`, and whatever may have to be let go. */
export async function placesToOpen(
  database: DeviceDatabase,
  scopesBefore: readonly string[],
  work: Arriving,
  others: readonly RowPlace[],
): Promise<RowPlace[]> {
  const places = new Map<string, RowPlace>();
  const add = (place: RowPlace) => places.set(placeKey(place), place);
  for (const { place } of work.incoming.values()) add(place);
  for (const place of others) add(place);
  for (const { left } of work.departures) add({ table: 'charts', id: left.id });
  for (const id of work.complete === 'all' ? [] : work.complete) add({ table: 'charts', id });
  if (work.complete === 'all' || isNarrower(scopesBefore, work.scopes ?? scopesBefore))
    for (const place of await allPlaces(database)) add(place);
  return [...places.values()];
}

async function allPlaces(database: DeviceDatabase): Promise<RowPlace[]> {
  const charts = await database.charts.toCollection().primaryKeys();
  const records = await database.records.toCollection().primaryKeys();
  return [
    ...charts.map((id): RowPlace => ({ table: 'charts', id })),
    ...records.map((id): RowPlace => ({ table: 'records', id })),
  ];
}

/** The row after a reply; the same object when nothing in it changed. */
export function applyToRow(row: OpenRow, work: Work): OpenRow {
  const arrived = work.incoming.get(placeKey(row.place))?.records ?? new Map<string, StoredRecord>();
  let held = row.held;
  for (const key of new Set([...arrived.keys(), ...Object.keys(held.stored), ...Object.keys(held.shown)])) {
    const [applied, pending] = [work.applied.get(key) ?? [], work.pending.get(key) ?? []];
    if (!arrived.has(key) && applied.length === 0 && !work.refused.has(key)) continue;
    const before = heldRecord(held, key);
    const after = rebaseRecord(before, arrived.get(key), applied, pending);
    if (after?.stored === before?.stored && after?.shown === before?.shown) continue;
    held = withRecord(held, key, after);
  }
  if (work.scopes !== null) held = letGo(row.place, held, { ...work, scopes: work.scopes });
  return held === row.held ? row : { ...row, held };
}
