import { collectionNamed } from '../../lib/domain/collections.ts';
import { type Provisional, provisionalConflicts, stillSuspect } from '../../lib/replication/provisional-conflicts.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import { readAppliedChanges } from './read-applied-changes.ts';
import { readCharts } from './read-charts.ts';
import { type Queryable, readByIds } from './record-statements.ts';

interface Suspect extends RecordRef {
  readonly number: string;
}

/** Notes records as suspect. A row each time: whoever forgets some at the same time forgets what he has looked at. */
export async function noteSuspects(client: Queryable, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await client.query({
    name: 'note suspects',
    text: 'insert into suspects (collection, record_id) select * from unnest($1::text[], $2::uuid[])',
    values: [refs.map(({ collection }) => collection), refs.map(({ id }) => id)],
  });
}

/** The conflicts that this relay sees and its root has said nothing of; none at a root. */
export async function readProvisional(client: Queryable): Promise<Provisional[]> {
  return provisionalAbout(client, await readSuspects(client));
}

/** Forgets what is suspect no longer. Asked when everything was read of the root. */
export async function forgetSuspects(client: Queryable): Promise<void> {
  const suspects = await readSuspects(client);
  if (suspects.length === 0) return;
  const provisional = await provisionalAbout(client, suspects);
  const found = await client.query<{ id: string }>({
    name: 'changes unconfirmed',
    text: 'select id from changes where id = any($1::uuid[]) and not confirmed',
    values: [provisional.flatMap(({ changes }) => changes.map(({ id }) => id))],
  });
  const unconfirmed = new Set(found.rows.map(({ id }) => id));
  const still = stillSuspect(provisional, ({ id }) => unconfirmed.has(id));
  await client.query({
    name: 'forget suspects',
    text: 'delete from suspects where number = any($1::bigint[])',
    values: [suspects.filter((one) => !still.has(refKey(one))).map(({ number }) => number)],
  });
}

async function readSuspects(client: Queryable): Promise<Suspect[]> {
  const text = 'select number, collection, record_id as id from suspects order by number';
  return (await client.query<Suspect>({ name: 'suspects', text })).rows;
}

function provisionalAbout(client: Queryable, suspects: readonly Suspect[]): Promise<Provisional[]> {
  const refs = new Map(suspects.map(({ collection, id }) => [refKey({ collection, id }), { collection, id }]));
  const reader = {
    readUnlocked: (of: readonly RecordRef[]) => readByIds(client, of),
    readCharts: (patientIds: readonly string[]) => readCharts(client, patientIds),
    readAppliedChanges: (of: readonly RecordRef[]) => readAppliedChanges(client, of),
  };
  return provisionalConflicts(reader, collectionNamed, [...refs.values()]);
}
