import { collectionNamed, isCustody } from '../../lib/domain/collections.ts';
import { type Departure, departuresIn, hasDeparted, isWaiting } from '../../lib/replication/apply-reply.ts';
import type { Page } from '../../lib/replication/protocol/page.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { BELONGING, clinicsOfPatient, isBelonging, type ScopeId, scopesOf } from '../../lib/replication/scopes.ts';
import type { AcceptanceTransaction } from './acceptance-store.ts';
import { chartsTouched } from './chart-locks.ts';
import { emptyBodies } from './empty-bodies.ts';
import { together } from './faults.ts';
import { noteLetGo } from './let-go-log.ts';
import { readCharts } from './read-charts.ts';
import { type Queryable, readByIds, readRecords } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';
import { patientIdOf, patientsIn } from './relay-scopes.ts';
import { unconfirmedAmong } from './relay-unconfirmed.ts';
import { readDepartures, readUnchecked, saveDepartures, saveUnchecked } from './relay-waiting.ts';
import { readUnbrought, type Unbrought } from './relay-walk.ts';
import { grouped } from './seals/grouped.ts';

/** What may have to go, as far as it can be told before anything is locked. */
interface Leaving {
  readonly pages: readonly Page[];
  /** Departures that waited, and with them those told of now. */
  readonly waited: readonly Departure[];
  readonly departures: readonly Departure[];
  /** Patients of whom it must be looked whether they are with a clinic that is carried here. */
  readonly doubtful: readonly string[];
  /** Was everything read? Before that, the membership that brings a patient here may be on the next page. */
  readonly complete: boolean;
  readonly unbrought: readonly Unbrought[];
  /** Records that may stand in no feed any more. */
  readonly beside: readonly RecordRef[];
  /** Everybody whose chart may go. */
  readonly patientIds: readonly string[];
}

interface Told {
  readonly pages: readonly Page[];
  readonly complete: boolean;
  readonly scopes: readonly ScopeId[];
  readonly lost: readonly ScopeId[];
  /** Records of which the root confirmed something. */
  readonly settled: readonly RecordRef[];
  /** A walk is over: what it did not bring goes. */
  readonly isWalked: boolean;
}

/** What may have to go after a reply that told so. Read before anything is locked. */
export async function readLeaving(client: Queryable, told: Told): Promise<Leaving> {
  const { pages, complete, scopes, lost, settled, isWalked } = told;
  const waited = await readDepartures(client);
  const departures = departuresIn(waited, pages);
  const inLost = await patientsIn(client, lost);
  const unchecked = complete ? await readUnchecked(client) : [];
  const doubtful = [...inLost.patientIds, ...unchecked, ...(await patientsAwayFrom(client, settled, scopes))];
  const unbrought = isWalked ? await readUnbrought(client) : [];
  const patientIds = [
    ...doubtful,
    ...departures.map(({ left }) => left.id),
    ...unbrought.flatMap(({ patientId }) => patientId ?? []),
  ];
  const beside = [...settled, ...inLost.refs];
  return { pages, waited, departures, doubtful, complete, unbrought, beside, patientIds };
}

/** Lets go, after `rows` were merged. What cannot go yet is noted, and asked about again. */
export async function letGo(
  client: Queryable,
  store: AcceptanceTransaction,
  { pages, waited, departures, doubtful, complete, unbrought, beside }: Leaving,
  rows: readonly StoredRecord[],
  scopes: readonly ScopeId[],
): Promise<void> {
  await saveDepartures(client, waited, await takeLeave(client, store, departures, scopes));
  await takeAway(client, store, pages, scopes);
  await dropUnbrought(client, store, unbrought, scopes);
  // Whoever changes a membership works alone on the chart; the others are looked at when they are locked.
  const moved = patientsOf(rows.filter(isBelonging));
  const away = await awayAmong(client, [...patientsOf(rows)], scopes);
  const asked = [...new Set([...doubtful, ...away.filter((patientId) => moved.has(patientId))])];
  const staying = complete ? await letGoOfCharts(client, asked, scopes) : asked;
  const later = away.filter((patientId) => !moved.has(patientId));
  await saveUnchecked(client, [...staying, ...later], complete);
  await letGoBeside(client, store, beside);
}

/**
 * Charts of patients who left everything that is carried here, once the root has what was made of them. The membership
 * that ended did not come (it left with the chart), so nothing but the departure tells of it: one that cannot be
 * followed yet is among those that go on waiting.
 */
async function takeLeave(
  client: Queryable,
  store: AcceptanceTransaction,
  departures: readonly Departure[],
  scopes: readonly ScopeId[],
): Promise<Departure[]> {
  const byPatient = grouped(departures, ({ left }) => left.id);
  const charts = grouped(await readCharts(client, [...byPatient.keys()]), patientIdOf);
  const waiting = await unconfirmedAmong(client, [...charts.values()].flat());
  const staying: Departure[] = [];
  for (const [patientId, own] of byPatient) {
    const chart = charts.get(patientId) ?? [];
    const memberships = chart.filter(isBelonging);
    const hasWork = chart.some(({ id }) => waiting.has(id));
    const stamp = own.map(({ left }) => left.stamp).sort();
    if (!hasWork && hasDeparted(own, memberships, scopes)) await drop(client, store, chart, stamp.at(-1)!, scopes);
    else staying.push(...own.filter((one) => isWaiting(one, memberships, hasWork)));
  }
  return staying;
}

/**
 * Records of no chart that left a clinic's scope: what a device or a user signs in by goes at once, for a stolen hub is
 * to hold its own clinics' only. One that is another carried clinic's as well comes with that one's feed.
 */
async function takeAway(
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

/** A chart stays whole while the root has not all of it: when it has, its sums differ, and it is read once more. */
async function dropUnbrought(
  client: Queryable,
  store: AcceptanceTransaction,
  unbrought: readonly Unbrought[],
  scopes: readonly ScopeId[],
): Promise<void> {
  if (unbrought.length === 0) return;
  const charts = await readCharts(client, [...new Set(unbrought.flatMap(({ patientId }) => patientId ?? []))]);
  const waiting = await unconfirmedAmong(client, [...unbrought, ...charts]);
  const staying = new Set(charts.filter(({ id }) => waiting.has(id)).map(patientIdOf));
  const gone = unbrought.filter(({ id, patientId }) => !waiting.has(id) && !staying.has(patientId ?? ''));
  await drop(client, store, await readByIds(client, gone), '', scopes);
}

function patientsOf(rows: readonly StoredRecord[]): Set<string> {
  return new Set(rows.map(patientIdOf).filter((id) => id !== ''));
}

/** The patients of these records who are with no clinic that is carried here. Read before their charts are locked. */
async function patientsAwayFrom(
  client: Queryable,
  refs: readonly RecordRef[],
  scopes: readonly ScopeId[],
): Promise<string[]> {
  const changes = refs.map(({ collection, id }) => ({ collection, recordId: id, fields: {}, kind: 'put' as const }));
  return awayAmong(client, [...(await chartsTouched(client, changes)).keys()], scopes);
}

/** Those of these patients who are with no clinic that is carried here. */
async function awayAmong(
  client: Queryable,
  patientIds: readonly string[],
  scopes: readonly ScopeId[],
): Promise<string[]> {
  const byPatient = grouped(await readMemberships(client, patientIds), patientIdOf);
  return patientIds.filter((patientId) => {
    const clinics = clinicsOfPatient(byPatient.get(patientId) ?? []);
    return !clinics.some((clinicId) => scopes.some((scope) => scope.startsWith(`${clinicId}:`)));
  });
}

async function readMemberships(client: Queryable, patientIds: readonly string[]): Promise<StoredRecord[]> {
  if (patientIds.length === 0) return [];
  const reads = BELONGING.map((name) => readRecords(client, name, 'where patient_id = any($1)', [patientIds]));
  return (await together(reads)).flat();
}

/** Takes records out of every feed in which they stand, and away. Of a chart all of it that is here, or none. */
async function drop(
  client: Queryable,
  store: AcceptanceTransaction,
  records: readonly StoredRecord[],
  stamp: string,
  scopes: readonly ScopeId[],
): Promise<void> {
  const memberships = await readMemberships(
    client,
    [...new Set(records.map(patientIdOf))].filter((id) => id !== ''),
  );
  const byPatient = grouped(memberships, patientIdOf);
  for (const record of records) {
    const clinics = clinicsOfPatient(byPatient.get(patientIdOf(record)) ?? []);
    for (const scope of scopesOf(collectionNamed(record.collection)!, record, clinics))
      if (scopes.includes(scope)) store.feedAnew(scope, record, stamp);
  }
  await deleteRecords(client, records);
}

/**
 * Whole charts of these patients who are with no clinic that is carried here, once the root has what was made of them.
 * The patients who stay for that reason only. Asked when everything was read: before that the membership which brings a
 * chart here may be on the next page.
 */
async function letGoOfCharts(
  client: Queryable,
  patientIds: readonly string[],
  scopes: readonly ScopeId[],
): Promise<string[]> {
  const away = await awayAmong(client, patientIds, scopes);
  const charts = grouped(await readCharts(client, away), patientIdOf);
  const waiting = await unconfirmedAmong(client, [...charts.values()].flat());
  const staying = away.filter((patientId) => charts.get(patientId)?.some(({ id }) => waiting.has(id)));
  const gone = away.filter((patientId) => !staying.includes(patientId));
  await deleteRecords(
    client,
    gone.flatMap((patientId) => charts.get(patientId) ?? []),
  );
  return staying;
}

/** Of these records those of no chart that stand in no feed, once the root has what was made of them. */
async function letGoBeside(client: Queryable, store: AcceptanceTransaction, refs: readonly RecordRef[]): Promise<void> {
  const beside = await unfed(client, store, (await readByIds(client, refs)).filter(isOfNoChart));
  const waiting = await unconfirmedAmong(client, beside);
  await deleteRecords(
    client,
    beside.filter(({ id }) => !waiting.has(id)),
  );
}

function isOutsideCharts({ collection }: RecordRef): boolean {
  const declared = collectionNamed(collection);
  return declared !== undefined && declared.place !== 'chart';
}

/** A trail stands in its own clinic, whoever it is about; an edit of what was never made stands nowhere. */
function isOfNoChart(record: StoredRecord): boolean {
  return isOutsideCharts(record) || patientIdOf(record) === '';
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

async function deleteRecords(client: Queryable, refs: readonly RecordRef[]): Promise<void> {
  await noteLetGo(client, refs);
  for (const [collection, gone] of grouped(refs, (ref) => ref.collection)) {
    const ids = gone.map(({ id }) => id);
    await client.query({
      name: `let go:${collection}`,
      text: `delete from ${quoted(tableName(collection))} where id = any($1::uuid[])`,
      values: [ids],
    });
    // Their bodies hold what is signed in by; those that the root lacks are emptied when it has them.
    if (isCustody({ collection })) await emptyBodies(client, gone);
    if (collection !== 'patients') continue;
    for (const beside of ['patient_search', 'rows_replaced'])
      await client.query(`delete from ${beside} where patient_id = any($1)`, [ids]);
  }
}
