import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { mismatch, type Walked, walkAfter } from '../../lib/replication/healing.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import type { AcceptanceTransaction } from './acceptance-store.ts';
import { together } from './faults.ts';
import { readHeads } from './read-feed.ts';
import type { Queryable } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';
import { hasUnconfirmed } from './relay-unconfirmed.ts';
import type { UpstreamReading } from './upstream.ts';

/**
 * Goes on with the walk that is under way, or begins one. What it brought is noted in a table, because it outlives
 * replies and this process; `brought` and `over` of the result name what this reply brought only.
 */
export async function walkOn(
  client: Queryable,
  before: UpstreamReading,
  reply: ExchangeReply,
  sameRoot: boolean,
  complete: boolean,
  came: readonly RecordRef[],
): Promise<Walked> {
  const walked = walkAfter(before.walk, before, reply, sameRoot, complete, came.map(refKey));
  const isOn = walked.walk !== null || walked.over !== null;
  if (before.walk !== null && (!isOn || before.walk.epoch !== reply.epoch)) await forgetBrought(client);
  if (isOn) await noteBrought(client, came);
  return walked;
}

async function noteBrought(client: Queryable, rows: readonly RecordRef[]): Promise<void> {
  await client.query({
    name: 'note brought',
    text: `insert into walk_brought (collection, record_id)
           select distinct collection, id from unnest($1::text[], $2::uuid[]) t(collection, id) on conflict do nothing`,
    values: [rows.map(({ collection }) => collection), rows.map(({ id }) => id)],
  });
}

export async function forgetBrought(client: Queryable): Promise<void> {
  await client.query({ name: 'forget brought', text: 'delete from walk_brought' });
}

/** A record, and the patient in whose chart it stands. */
export interface Unbrought extends RecordRef {
  readonly patientId: string | null;
}

/** What is held here and was not brought by a walk that is over. */
export async function readUnbrought(client: Queryable): Promise<Unbrought[]> {
  const reads = COLLECTIONS.map(async ({ name, fields }) => {
    const patient = name === 'patients' ? 'id' : fields.patientId === undefined ? 'null::uuid' : 'patient_id';
    const { rows } = await client.query<{ id: string; patient_id: string | null }>({
      name: `unbrought:${name}`,
      text: `select t.id, ${patient} as patient_id from ${quoted(tableName(name))} t
             where not exists (select from walk_brought b where b.collection = $1 and b.record_id = t.id)`,
      values: [name],
    });
    return rows.map((row) => ({ collection: name, id: row.id, patientId: row.patient_id }));
  });
  return (await together(reads)).flat();
}

/**
 * Scopes whose sums differ at the root although it has everything of here, with what it says of them; none when that was
 * asked before. Sums as they will be when this transaction is over. Of scopes with rows aside nothing can be said.
 */
export async function differingSums(
  client: Queryable,
  store: AcceptanceTransaction,
  reply: ExchangeReply,
  { healed, scopes }: Pick<UpstreamReading, 'healed' | 'scopes'>,
): Promise<string[]> {
  if (reply.recovering === true) return [];
  // The sums are asked first: what is pushed and committed meanwhile is either in none or in both.
  const [heads, aside, isUnconfirmed] = await together([
    readHeads(client, scopes),
    client.query<{ scope: string }>({ name: 'scopes aside', text: SCOPES_ASIDE }),
    hasUnconfirmed(client),
  ]);
  if (isUnconfirmed) return [];
  const own = new Map(heads.map((head) => [head.scope, head]));
  const unsure = new Set(aside.rows.map((row) => row.scope));
  const compared = scopes.filter((scope) => !unsure.has(scope));
  const sums = compared.map((scope) => {
    const moved = store.deltas.get(scope) ?? { count: 0, digest: 0n };
    const { count, digest } = own.get(scope) ?? { count: 0, digest: '0' };
    return [scope, { count: count + moved.count, digest: String(BigInt(digest) ^ moved.digest) }];
  });
  const digests = Object.fromEntries(Object.entries(reply.digests).filter(([scope]) => !unsure.has(scope)));
  const told = mismatch({ digests }, Object.fromEntries(sums));
  return told === '' || told === healed ? [] : told.split(',');
}

const SCOPES_ASIDE = 'select distinct unnest(scopes) as scope from rows_aside';
