import type { Change } from '../../lib/replication/change.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { together } from './faults.ts';
import { pageOf } from './page-of.ts';
import { type Queryable, readByIds } from './record-statements.ts';

/** Where a page ended: its last line's instant and id. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

interface Filter {
  /** The clinics that the asker administers; null = all. */
  readonly managed: readonly string[] | null;
  readonly clinicId: string | null;
  readonly after: Place | null;
  readonly limit: number;
}

/** The clinic that a conflict is decided in. One about a clinic or its people has none of its own. */
export const CLINIC = `coalesce(c.clinic_id, case c.collection
    when 'clinics' then c.record_id
    when 'departments' then (select d.clinic_id from departments d where d.id = c.record_id)
    when 'users' then (select u.clinic_id from users u where u.id = c.record_id)
    when 'permissions' then (select p.clinic_id from permissions p where p.id = c.record_id) end)`;

/** Somebody who administers only some clinics sees what stands in them, about patients who are with them. */
export const IN_MANAGED = `($1::uuid[] is null or (${CLINIC} = any($1) and (c.patient_id is null or exists (
    select from patient_clinics m where m.patient_id = c.patient_id and m.clinic_id = any($1)
      and m.left_at is null and m.deleted_at is null))))`;

const OPEN = `from conflicts c where c.status = 'open' and c.deleted_at is null and ${IN_MANAGED}`;

const LIST_OPEN = `select c.id, c.created_at as at, ${CLINIC} as "clinicId" ${OPEN}
    and c.kind = any($2::text[]) and ($3::uuid is null or ${CLINIC} = $3)
    and ($4::timestamptz is null or (c.created_at, c.id) < ($4, $5::uuid))
  order by c.created_at desc, c.id desc limit $6`;

/** A conflict, and the clinic whose administrator decides it (null: the organisation's). */
export interface OpenConflict {
  readonly record: StoredRecord;
  readonly clinicId: string | null;
  /** Seen at this hub, and not yet judged by its root. */
  readonly provisional: boolean;
}

/** Open conflicts of these kinds, the newest first, and where to go on. */
export async function listOpenConflicts(
  client: Queryable,
  { managed, clinicId, after, limit, kinds }: Filter & { readonly kinds: readonly string[] },
): Promise<{ conflicts: OpenConflict[]; next: Place | null }> {
  const values = [managed, kinds, clinicId, after?.at ?? null, after?.id ?? null, limit + 1];
  const found = await client.query<Place & { clinicId: string | null }>({
    name: 'open conflicts',
    text: LIST_OPEN,
    values,
  });
  const { rows, next } = pageOf(found.rows, limit, ({ at, id }): Place => ({ at, id }));
  return { conflicts: await withRecords(client, rows), next };
}

/** One open conflict, if it is decided in one of these clinics. */
export async function readOpenConflict(
  client: Queryable,
  id: string,
  managed: readonly string[] | null,
): Promise<OpenConflict | undefined> {
  const text = `select c.id, ${CLINIC} as "clinicId" ${OPEN} and c.id = $2`;
  const found = await client.query<{ id: string; clinicId: string | null }>({
    name: 'open conflict',
    text,
    values: [managed, id],
  });
  return (await withRecords(client, found.rows))[0];
}

async function withRecords(
  client: Queryable,
  rows: readonly { id: string; clinicId: string | null }[],
): Promise<OpenConflict[]> {
  const records = await readByIds(
    client,
    rows.map(({ id }) => ({ collection: 'conflicts', id })),
  );
  const byId = new Map(records.map((record) => [record.id, record]));
  return rows.flatMap(({ id, clinicId }) => {
    const record = byId.get(id);
    return record === undefined ? [] : [{ record, clinicId, provisional: false }];
  });
}

/** What devices handed in, was refused, and nobody has decided about. */
const UNDECIDED = `from changes c where c.result = 'refused' and c.received_from is not null and c.body is not null
    and ($1::uuid[] is null or c.clinic_id = any($1))
    and not exists (select from refused_decisions r where r.action_id = c.action_id)`;

const LIST_REFUSED = `select distinct c.received_at as at, c.action_id as id ${UNDECIDED}
    and ($2::uuid is null or c.clinic_id = $2)
    and ($3::timestamptz is null or (c.received_at, c.action_id) < ($3, $4::uuid))
  order by 1 desc, 2 desc limit $5`;

const READ_REFUSED = `select c.action_id as "actionId", c.body, c.refusal, c.received_at as "receivedAt",
    c.received_from as "deviceId", d.name as "deviceName"
  from changes c left join devices d on d.id = c.received_from
  where c.action_id = any($1::uuid[]) and c.result = 'refused' and c.received_from is not null and c.body is not null
    and not exists (select from refused_decisions r where r.action_id = c.action_id)
  order by c.origin_seq, c.id`;

/** An action that was refused, whole. */
export interface RefusedAction {
  readonly actionId: string;
  readonly changes: readonly Change[];
  readonly refusal: ChangeRefusal;
  /** ISO instant. */
  readonly receivedAt: string;
  readonly deviceId: string;
  readonly deviceName: string | null;
}

/** Refused actions of these clinics, the newest first, and where to go on. */
export async function listRefusedActions(
  client: Queryable,
  { managed, clinicId, after, limit }: Filter,
): Promise<{ actions: RefusedAction[]; next: Place | null }> {
  const values = [managed, clinicId, after?.at ?? null, after?.id ?? null, limit + 1];
  const found = await client.query<Place>({ name: 'refused actions', text: LIST_REFUSED, values });
  const { rows, next } = pageOf(found.rows, limit, ({ at, id }): Place => ({ at, id }));
  return {
    actions: await readRefusedActions(
      client,
      rows.map(({ id }) => id),
      managed,
    ),
    next,
  };
}

/** These actions in their order; those of other clinics, decided or unknown are left out. */
export async function readRefusedActions(
  client: Queryable,
  actionIds: readonly string[],
  managed: readonly string[] | null,
): Promise<RefusedAction[]> {
  const found = await client.query({ name: 'refused changes', text: READ_REFUSED, values: [actionIds] });
  const byAction = new Map<string, RefusedAction>();
  for (const { body, ...row } of found.rows) {
    const changes = [...(byAction.get(row.actionId)?.changes ?? []), JSON.parse(body) as Change];
    byAction.set(row.actionId, { ...row, changes });
  }
  const isManaged = ({ clinicId }: Change) => managed === null || (clinicId !== null && managed.includes(clinicId));
  return [...new Set(actionIds)].flatMap((id) => {
    const action = byAction.get(id);
    return action?.changes.every(isManaged) ? [action] : [];
  });
}

export interface AttentionCounts {
  readonly conflicts: number;
  readonly reviews: number;
  readonly refused: number;
}

/** Counting stops here: nobody reads a greater number off a badge. */
export const MOST_COUNTED = 100;

const COUNT_OPEN = `select count(*)::int as n from (select c.id ${OPEN} and c.kind = any($2::text[]) limit ${MOST_COUNTED}) c`;
const COUNT_REFUSED = `select count(*)::int as n from (select distinct c.action_id ${UNDECIDED} limit ${MOST_COUNTED}) c`;

/** How much is noted and waits in these clinics, each counted up to a hundred. */
export async function countAttention(
  client: Queryable,
  managed: readonly string[] | null,
  kinds: readonly string[],
): Promise<AttentionCounts> {
  const open = (name: string, words: readonly string[]) =>
    client.query<{ n: number }>({ name, text: COUNT_OPEN, values: [managed, words] });
  const [conflicts, reviews, refused] = await together([
    open('count conflicts', kinds),
    open('count reviews', ['review']),
    client.query<{ n: number }>({ name: 'count refused', text: COUNT_REFUSED, values: [managed] }),
  ]);
  return { conflicts: conflicts.rows[0]!.n, reviews: reviews.rows[0]!.n, refused: refused.rows[0]!.n };
}
