import type pg from 'pg';
import { type Name, type Origin, readNames, readOriginNames } from '../../db/postgres/read-names.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { maySeeScope } from '../../lib/access/read-rules.ts';
import { isUuid } from '../../lib/domain/identity.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient } from '../../lib/replication/scopes.ts';

/** What the values of a page are read with: what ids stand for, where changes were made, what forms asked. */
export interface Words {
  readonly names: Readonly<Record<string, Name>>;
  readonly origins: Readonly<Record<string, Origin>>;
  /** Definitions by the id of the form's version. */
  readonly definitions: Readonly<Record<string, Json>>;
}

/** A patient whom the asker may see. */
export interface PatientNamed {
  readonly id: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** A page names at most as many things as this: of more, the ids are shown. */
const MOST_IDS = 5000;

/** The words for these values, origins and versions. */
export async function wordsFor(
  pool: pg.Pool,
  values: readonly Json[],
  origins: readonly string[],
  versionIds: readonly (string | null)[],
): Promise<Words> {
  const wanted = [...new Set(versionIds.filter((id) => id !== null))];
  const [names, places, versions] = await Promise.all([
    readNames(pool, values.flatMap(idsIn).slice(0, MOST_IDS)),
    readOriginNames(pool, origins),
    readRecords(pool, 'formVersions', 'where id = any($1)', [wanted]),
  ]);
  const definitions = Object.fromEntries(versions.map(({ id, values: held }) => [id, held.definition ?? null]));
  return { names, origins: places, definitions };
}

/** Every id in a value, however deep. */
function idsIn(value: Json): string[] {
  if (typeof value === 'string') return isUuid(value) ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(idsIn);
}

/** These patients with their clinics: what the asker may see of each. */
export async function patientsSeen(pool: pg.Pool, actor: Actor, patientIds: readonly string[]) {
  const ids = [...new Set(patientIds)];
  const [patients, memberships] = await Promise.all([
    readRecords(pool, 'patients', 'where id = any($1)', [ids]),
    readRecords(pool, 'patientClinics', 'where patient_id = any($1)', [ids]),
  ]);
  const clinics = new Map(
    ids.map((id) => [id, clinicsOfPatient(memberships.filter(({ values }) => values.patientId === id))]),
  );
  const seen = patients.filter(({ id }) => clinics.get(id)?.some((clinicId) => maySeeScope(actor, `${clinicId}:desk`)));
  return { clinics, named: new Map(seen.map((record) => [record.id, namedPatient(record)])) };
}

function namedPatient({ id, values }: StoredRecord): PatientNamed {
  return { id, givenName: textOr(values.givenName), familyName: textOr(values.familyName) };
}

function textOr(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
