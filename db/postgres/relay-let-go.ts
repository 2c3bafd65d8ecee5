import { collectionNamed } from '../../lib/domain/collections.ts';
import { type Departure, departuresIn, hasDeparted } from '../../lib/replication/apply-reply.ts';
import type { Page } from '../../lib/replication/protocol/page.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import {
  BELONGING,
  clinicsOfPatient,
  isBelonging,
  patientOf,
  type ScopeId,
  scopesOf,
} from '../../lib/replication/scopes.ts';
import type { AcceptanceTransaction } from './acceptance-store.ts';
import { chartsTouched } from './chart-locks.ts';
import { together } from './faults.ts';
import { readCharts } from './read-charts.ts';
import { type Queryable, readByIds, readRecords } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';
import { grouped } from './seals/grouped.ts';

/** The patients who left a clinic, as these pages tell. */
export function departuresTold(pages: readonly Page[]): Departure[] {
  return departuresIn([], pages);
}

/** The patients of these records who are with no clinic that is carried here. Read before their charts are locked. */
export async function patientsAwayFrom(
  client: Queryable,
  refs: readonly RecordRef[],
  scopes: readonly ScopeId[],
): Promise<string[]> {
  const changes = refs.map(({ collection, id }) => ({ collection, recordId: id, fields: {}, kind: 'put' as const }));
  const patientIds = [...(await chartsTouched(client, changes)).keys()];
  const memberships = await readMemberships(client, patientIds);
  return patientIds.filter((patientId) => isAway(patientId, memberships, scopes));
}

function isAway(patientId: string, memberships: readonly StoredRecord[], scopes: readonly ScopeId[]): boolean {
  const own = clinicsOfPatient(memberships.filter((one) => one.values.patientId === patientId));
  return !own.some((clinicId) => scopes.some((scope) => scope.startsWith(`${clinicId}:`)));
}

async function readMemberships(client: Queryable, patientIds: readonly string[]): Promise<StoredRecord[]> {
  if (patientIds.length === 0) return [];
  const reads = BELONGING.map((name) => readRecords(client, name, 'where patient_id = any($1)', [patientIds]));
  return (await together(reads)).flat();
}

/**
 * Patients who left everything that is carried here: their charts leave the feeds. The membership that ended did not
 * come (it left with the chart), so the one held goes; what was made here of it stays in the log and is handed on.
 */
export async function takeLeave(
  client: Queryable,
  store: AcceptanceTransaction,
  departures: readonly Departure[],
  scopes: readonly ScopeId[],
): Promise<void> {
  const byPatient = grouped(departures, ({ left }) => left.id);
  const charts = grouped(await readCharts(client, [...byPatient.keys()]), patientIdOf);
  const ended: StoredRecord[] = [];
  for (const [patientId, own] of byPatient) {
    const chart = charts.get(patientId) ?? [];
    const memberships = chart.filter(isBelonging);
    if (!hasDeparted(own, memberships, scopes)) continue;
    const clinics = clinicsOfPatient(memberships);
    const stamp = own
      .map(({ left }) => left.stamp)
      .sort()
      .at(-1)!;
    for (const record of chart) {
      for (const scope of scopesOf(collectionNamed(record.collection)!, record, clinics))
        if (scopes.includes(scope)) store.feedAnew(scope, record, stamp);
    }
    ended.push(...memberships);
  }
  await deleteRecords(client, ended);
}

function patientIdOf(record: StoredRecord): string {
  return patientOf(collectionNamed(record.collection)!, record) ?? '';
}

/**
 * Records of no chart that left a clinic's scope: what a device or a user signs in by goes at once, for a stolen hub is
 * to hold its own clinics' only. One that is another carried clinic's as well comes with that one's feed.
 */
export async function takeAway(
  client: Queryable,
  store: AcceptanceTransaction,
  pages: readonly Page[],
  scopes: readonly ScopeId[],
): Promise<void> {
  const told = new Map<string, string[]>();
  const left = pages.flatMap((page) => page.left.filter(isOutsideCharts).map((ref) => ({ ref, scope: page.scope })));
  for (const { ref, scope } of left) told.set(refKey(ref), [...(told.get(refKey(ref)) ?? []), scope]);
  const gone: StoredRecord[] = [];
  for (const record of await readByIds(
    client,
    left.map(({ ref }) => ref),
  )) {
    const own = scopesOf(collectionNamed(record.collection)!, record, []).filter((scope) => scopes.includes(scope));
    // Its newer row came with another scope, and has taken it out of this one.
    if (!own.some((scope) => told.get(refKey(record))?.includes(scope))) continue;
    for (const scope of own) store.feedAnew(scope, record, '');
    gone.push(record);
  }
  await deleteRecords(client, gone);
}

/**
 * Nothing of another clinic stays here once the root has what was made of it: whole charts of these patients, and those
 * of the other records that stand in no feed. What came before its patient stays: he may be on the next page.
 */
export async function letGo(
  client: Queryable,
  store: AcceptanceTransaction,
  patientIds: readonly string[],
  refs: readonly RecordRef[],
  scopes: readonly ScopeId[],
): Promise<void> {
  const memberships = await readMemberships(client, patientIds);
  const away = patientIds.filter((patientId) => isAway(patientId, memberships, scopes));
  const charts = grouped(await readCharts(client, away), patientIdOf);
  const known = [...charts.values()].filter((chart) => chart.some(({ collection }) => collection === 'patients'));
  const beside = await unfed(client, store, await readByIds(client, refs.filter(isOutsideCharts)));
  const waiting = await unconfirmed(client, [...known.flat(), ...beside]);
  const gone = known.filter((chart) => !chart.some(({ id }) => waiting.has(id)));
  await deleteRecords(client, [...gone.flat(), ...beside.filter(({ id }) => !waiting.has(id))]);
}

function isOutsideCharts({ collection }: RecordRef): boolean {
  const declared = collectionNamed(collection);
  return declared !== undefined && declared.place !== 'chart';
}

/** Those that no feed names, now or when this transaction is over. */
async function unfed(
  client: Queryable,
  store: AcceptanceTransaction,
  records: readonly StoredRecord[],
): Promise<StoredRecord[]> {
  if (records.length === 0) return [];
  const found = await client.query<{ record_id: string }>({
    name: 'fed',
    text: `select distinct f.record_id from scopes s join feed f on f.scope = s.number
           join unnest($1::text[], $2::uuid[]) r(collection, id) on f.collection = r.collection and f.record_id = r.id
           where f.left_stamp is null`,
    values: [records.map(({ collection }) => collection), records.map(({ id }) => id)],
  });
  const fed = new Set(found.rows.map((row) => row.record_id));
  for (const { recordId, leftStamp } of store.feed.values()) if (leftStamp === null) fed.add(recordId);
  return records.filter(({ id }) => !fed.has(id));
}

/** Ids of the records of which the root has not everything. */
async function unconfirmed(client: Queryable, records: readonly RecordRef[]): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const found = await client.query<{ record_id: string }>({
    name: 'records unconfirmed',
    text: 'select distinct record_id from changes where record_id = any($1::uuid[]) and not confirmed',
    values: [records.map(({ id }) => id)],
  });
  return new Set(found.rows.map((row) => row.record_id));
}

async function deleteRecords(client: Queryable, refs: readonly RecordRef[]): Promise<void> {
  for (const [collection, gone] of grouped(refs, (ref) => ref.collection)) {
    const ids = gone.map(({ id }) => id);
    await client.query({
      name: `let go:${collection}`,
      text: `delete from ${quoted(tableName(collection))} where id = any($1::uuid[])`,
      values: [ids],
    });
    if (collection === 'patients') await client.query('delete from patient_search where patient_id = any($1)', [ids]);
  }
}
