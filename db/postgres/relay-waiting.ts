import type { Departure } from '../../lib/replication/apply-reply.ts';
import type { Queryable } from './record-statements.ts';

/** Patients who left and whose charts could not be let go yet: the feed says it once. */
export async function readDepartures(client: Queryable): Promise<Departure[]> {
  const found = await client.query<{ scope: string; patient_id: string; stamp: string }>({
    name: 'read departures',
    text: 'select scope, patient_id, stamp from departures',
  });
  return found.rows.map((row) => ({
    scope: row.scope,
    left: { collection: 'patients', id: row.patient_id, stamp: row.stamp },
  }));
}

/** Those that go on waiting, in the place of all that waited before. */
export async function saveDepartures(
  client: Queryable,
  before: readonly Departure[],
  waiting: readonly Departure[],
): Promise<void> {
  if (before.length + waiting.length === 0) return;
  await client.query({ name: 'forget departures', text: 'delete from departures' });
  await client.query({
    name: 'save departures',
    text: `insert into departures (scope, patient_id, stamp)
           select s, p, max(t) from unnest($1::text[], $2::uuid[], $3::text[]) d(s, p, t) group by 1, 2`,
    values: [
      waiting.map(({ scope }) => scope),
      waiting.map(({ left }) => left.id),
      waiting.map(({ left }) => left.stamp),
    ],
  });
}

/** Patients whose charts are to be looked at once every scope was read to its end. */
export async function readUnchecked(client: Queryable): Promise<string[]> {
  const found = await client.query<{ patient_id: string }>({
    name: 'read unchecked',
    text: 'select patient_id from unchecked_charts',
  });
  return found.rows.map((row) => row.patient_id);
}

/** `looked`: those of before were looked at. */
export async function saveUnchecked(client: Queryable, patientIds: readonly string[], looked: boolean): Promise<void> {
  if (looked) await client.query({ name: 'forget unchecked', text: 'delete from unchecked_charts' });
  if (patientIds.length === 0) return;
  await client.query({
    name: 'save unchecked',
    text: 'insert into unchecked_charts (patient_id) select distinct unnest($1::uuid[]) on conflict do nothing',
    values: [patientIds],
  });
}
