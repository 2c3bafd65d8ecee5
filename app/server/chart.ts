import type pg from 'pg';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { hasFlag, isAdmin } from '../../lib/access/actor.ts';
import { maySeeScope } from '../../lib/access/read-rules.ts';
import { isInForce } from '../../lib/domain/access-grant/grant-in-force.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { fieldsOf } from '../../lib/replication/declaration.ts';
import type { Json } from '../../lib/replication/json.ts';
import { seenStamps } from '../../lib/replication/merge.ts';
import { isDeleted, type StoredRecord, updatedAtMs } from '../../lib/replication/record.ts';
import { clinicsOfPatient } from '../../lib/replication/scopes.ts';
import type { Asked } from './asked.ts';
import { type Result, refused } from './problem.ts';
import { registrationVersionOf } from './registration-form.ts';

/** A record as the portal shows it: its fields spread out. */
export interface ShownRecord {
  readonly id: string;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly changedAt: string;
  readonly fields: Record<string, Json>;
}

export interface SeenChart {
  readonly patient: ShownRecord & {
    readonly clinicId: string;
    readonly registrationVersionId: string | null;
    /** What an edit says it replaces. */
    readonly seen: Readonly<Record<string, readonly string[]>>;
  };
  readonly clinicIds: readonly string[];
  /** Version for the next edit of the details. */
  readonly currentVersionId: string | null;
  readonly visits: readonly ShownRecord[];
  /** Empty without the right to see the history; `mayViewHistory` says which of the two. */
  readonly events: readonly ShownRecord[];
  readonly vitals: readonly ShownRecord[];
  readonly mayViewHistory: boolean;
  readonly mayEdit: boolean;
  readonly versions: Readonly<Record<string, { formId: string; number: number; definition: Json }>>;
  readonly names: Readonly<Record<string, string>>;
}

/** The clinics that a patient is with now, those that opened his chart in an emergency among them. */
export async function clinicsOfPatientId(pool: pg.Pool, patientId: string): Promise<string[]> {
  const [memberships = [], grants = []] = await Promise.all(
    ['patientClinics', 'accessGrants'].map((name) =>
      readRecords(pool, name, 'where patient_id = any($1)', [[patientId]]),
    ),
  );
  return clinicsOfPatient([...memberships, ...grants.filter(isInForce)]);
}

/** What the asker may see of a patient; refused when he may not see him at all. */
export async function chartSeenBy({ pool, actor }: Asked, patientId: string): Promise<Result<SeenChart>> {
  const [found, clinicIds] = await Promise.all([
    readRecords(pool, 'patients', 'where id = any($1)', [[patientId]]),
    clinicsOfPatientId(pool, patientId),
  ]);
  const record = found[0];
  if (record === undefined || isDeleted(record)) return refused('not-found');
  // A patient who is with no clinic is an administrator's to bring back into one.
  const sees = (word: string) =>
    clinicIds.length === 0
      ? actor.active && isAdmin(actor)
      : clinicIds.some((clinicId) => maySeeScope(actor, `${clinicId}:${word}`));
  if (!sees('desk')) return refused('not-in-your-clinic');
  const mayViewHistory = sees('record');
  const [visits, events, vitals] = await Promise.all([
    childrenOf(pool, 'visits', patientId),
    mayViewHistory ? childrenOf(pool, 'events', patientId) : [],
    mayViewHistory ? childrenOf(pool, 'vitals', patientId) : [],
  ]);
  const clinicId = String(record.values.clinicId ?? clinicIds[0] ?? '');
  const registrationVersionId = textOr(record.values.registrationVersionId);
  const currentVersionId = await registrationVersionOf(pool, clinicId);
  const versionIds = [...events.map((event) => event.values.formVersionId), registrationVersionId, currentVersionId];
  const people = [record, ...visits, ...events, ...vitals];
  return {
    ok: true,
    value: {
      patient: {
        ...shown(record),
        clinicId,
        registrationVersionId,
        seen: seenStamps(record, Object.keys(record.stamps)),
      },
      clinicIds,
      currentVersionId,
      visits: visits.map(shown),
      events: events.map(shown),
      vitals: vitals.map(shown),
      mayViewHistory,
      mayEdit: [clinicId, record.values.homeClinicId].some((one) => hasFlag(actor, 'edit-records', textOr(one))),
      versions: await versionsOf(
        pool,
        versionIds.filter((id) => typeof id === 'string'),
      ),
      names: await namesOf(pool, people.flatMap(peopleIn)),
    },
  };
}

async function childrenOf(pool: pg.Pool, collection: string, patientId: string): Promise<StoredRecord[]> {
  const found = await readRecords(pool, collection, 'where patient_id = any($1)', [[patientId]]);
  return found.filter((one) => !isDeleted(one)).sort(newestFirst);
}

function newestFirst(left: StoredRecord, right: StoredRecord): number {
  const [a, b] = [String(left.values.occurredAt ?? ''), String(right.values.occurredAt ?? '')];
  return a === b ? (left.id < right.id ? 1 : -1) : a < b ? 1 : -1;
}

export function shown(record: StoredRecord): ShownRecord {
  const created = record.values.created as { createdAt?: string; createdBy?: string } | undefined;
  return {
    id: record.id,
    createdAt: created?.createdAt ?? null,
    createdBy: created?.createdBy ?? null,
    changedAt: new Date(updatedAtMs(record)).toISOString(),
    fields: fieldsOf(collectionNamed(record.collection)!, record.values),
  };
}

async function versionsOf(pool: pg.Pool, ids: readonly string[]): Promise<SeenChart['versions']> {
  const found = await readRecords(pool, 'formVersions', 'where id = any($1)', [[...new Set(ids)]]);
  return Object.fromEntries(
    found.map(({ id, values }) => [
      id,
      { formId: String(values.formId), number: Number(values.number ?? 0), definition: values.definition ?? null },
    ]),
  );
}

/** Names of users by id. */
export async function namesOf(pool: pg.Pool, ids: readonly string[]): Promise<Record<string, string>> {
  const text = 'select id, name from users where id = any($1)';
  const found = await pool.query<{ id: string; name: string | null }>({
    name: 'names',
    text,
    values: [[...new Set(ids)]],
  });
  return Object.fromEntries(found.rows.map(({ id, name }) => [id, name ?? '']));
}

function peopleIn({ values }: StoredRecord): string[] {
  const created = values.created as { createdBy?: string } | undefined;
  return [created?.createdBy, values.providerId].filter((id) => typeof id === 'string');
}

function textOr(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
