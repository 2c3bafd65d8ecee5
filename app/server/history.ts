import type pg from 'pg';
import { z } from 'zod';
import { type LoggedLine, readHistory } from '../../db/postgres/read-history.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { maySeeRecord } from '../../lib/access/read-rules.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import type { Json } from '../../lib/replication/json.ts';
import { writesOf } from '../../lib/replication/merge.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { patientOf, scopesOf } from '../../lib/replication/scopes.ts';
import { json } from './answer.ts';
import { mustChange } from './asked.ts';
import { clinicsOfPatientId } from './chart.ts';
import { requireDevice } from './device-session.ts';
import { type Result, refused } from './problem.ts';
import { fulfils } from './read-json.ts';
import { requireSession } from './session/require-session.ts';

const querySchema = z.strictObject({ collection: z.string().max(40), id: uuidSchema });

/**
 * `GET /api/history?collection=&id=`: every change of a record, oldest first. For whoever is signed in to the portal and
 * may read the record, and for a phone that may hold it.
 */
export async function recordHistory(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const sees = await seerOf(pool, request);
  if (!sees.ok) return sees;
  const query = fulfils(querySchema, Object.fromEntries(new URL(request.url).searchParams));
  if (!query.ok) return query;
  const { collection, id } = query.value;
  const declaration = collectionNamed(collection);
  const [record] = declaration === undefined ? [] : await readByIds(pool, [{ collection, id }]);
  if (declaration === undefined || record === undefined) return refused('not-found');
  const patientId = patientOf(declaration, record);
  const clinicIds = patientId === null ? [] : await clinicsOfPatientId(pool, patientId);
  if (!sees.value(record, clinicIds)) return refused('forbidden');
  return json({ changes: withBefore(await readHistory(pool, collection, id)) });
}

type Sees = (record: StoredRecord, patientClinics: readonly string[]) => boolean;

/** Whose eyes look: a session's user, or all users of a phone together, which is what the phone may hold. */
async function seerOf(pool: pg.Pool, request: Request): Promise<Result<Sees>> {
  const device = await requireDevice(pool, request);
  if (device.ok) {
    const { scopes } = device.value.grants;
    return {
      ok: true,
      value: (record, clinicIds) =>
        scopesOf(collectionNamed(record.collection)!, record, clinicIds).some((scope) => scopes.includes(scope)),
    };
  }
  if (device.problem.code === 'gone') return device;
  const session = await requireSession(pool, request);
  if (!session.ok) return session;
  const { actor } = session.value;
  if (await mustChange(pool, actor.userId)) return refused('forbidden', { field: 'password' });
  const value: Sees = (record, clinicIds) =>
    maySeeRecord(actor, collectionNamed(record.collection)!, record, clinicIds);
  return { ok: true, value };
}

/** What each change wrote, and what stood there before it, key by key. */
function withBefore(lines: readonly LoggedLine[]) {
  const held = new Map<string, Json>();
  return lines.map(({ change, authorName, deviceId, deviceName }) => {
    const fields = writesOf(change);
    const before = Object.fromEntries(Object.keys(fields).map((key) => [key, held.get(key) ?? null]));
    for (const [key, value] of Object.entries(fields)) held.set(key, value);
    const { id, at, author, reason, kind } = change;
    return { id, at, kind, author, authorName, deviceId, deviceName, reason, before, fields };
  });
}
