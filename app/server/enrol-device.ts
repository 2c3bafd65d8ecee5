import type pg from 'pg';
import { z } from 'zod';
import { BEGIN_PUSH } from '../../db/postgres/accept-changes.ts';
import { authorWithin } from '../../db/postgres/author-edits.ts';
import { inTransaction } from '../../db/postgres/replica-identity.ts';
import { devices } from '../../lib/domain/device/device.ts';
import { tidyText } from '../../lib/domain/field-types.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { ORGANISATION_ID } from '../../lib/domain/organisation/organisation.ts';
import { json } from './answer.ts';
import { beginAttempt } from './attempts.ts';
import { addressOf } from './client-address.ts';
import { enrolment } from './enrolment.ts';
import { foldCode } from './enrolment-codes.ts';
import { type Result, refused } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';
import { bearerOf, hashSecret, newSecret } from './secrets.ts';

const enrolSchema = z.strictObject({
  code: z.string().min(1).max(40),
  /** The device's replica id, made by itself. */
  deviceId: uuidSchema,
  deviceName: z.preprocess((name) => (typeof name === 'string' ? tidyText(name) : name), devices.fields.name.schema),
  publicKey: z.string().min(1).max(500).optional(),
});
type Enrolling = z.infer<typeof enrolSchema>;

/** `POST /api/enrol`: uses up a code. The reply is the only time the device's bearer is told. */
export async function enrolDevice(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const body = await readJson(request, 4096);
  if (!body.ok) return body;
  const asked = fulfils(enrolSchema, body.value);
  if (!asked.ok) return asked;
  const address = addressOf(request);
  const attempt = await beginAttempt(pool, `enrol ${address}`, address);
  if (!attempt.ok) return attempt;
  const bearer = newSecret();
  const enrolled = await inTransaction(pool, BEGIN_PUSH, async (client) => {
    if (!(await isFree(client, asked.value.deviceId, bearerOf(request)))) throw new NotAllowed('forbidden');
    return enrolWithin(client, asked.value, bearer);
  }).catch((fault: unknown) => {
    if (fault instanceof NotAllowed) return refused(fault.code, { field: 'code' });
    throw fault;
  });
  if (!enrolled.ok) return enrolled;
  await attempt.value.succeed();
  const organisation = await pool.query('select name from organisation where id = $1', [ORGANISATION_ID]);
  const name: string | null = organisation.rows[0]?.name ?? null;
  return json({ ...enrolled.value, bearer, organisation: { name } });
}

/**
 * A device that was enrolled before shows a token it was given, though it be withdrawn. Otherwise anyone with a code could
 * take its id, which stands in every record it made, and speak for all who signed in on it.
 */
async function isFree(client: pg.PoolClient, deviceId: string, bearer: string | null): Promise<boolean> {
  const hash = hashSecret(bearer ?? '');
  const found = await client.query<{ own: boolean }>(
    'select hash = $2 as own from device_tokens where device_id = $1 union all select false from devices where id = $1',
    [deviceId, hash],
  );
  return found.rows.length === 0 || found.rows.some(({ own }) => own);
}

/** Whoever gave the code, or shows it, may not enrol this device. Thrown, so that everything is undone and the code stays. */
class NotAllowed extends Error {
  readonly code: 'forbidden' | 'main-server-only';

  constructor(code: 'forbidden' | 'main-server-only') {
    super(code);
    this.code = code;
  }
}

interface CodeRow {
  clinic_id: string;
  kind: 'phone' | 'hub';
  created_by: string;
}

/** The code is used, the device recorded and its token given together, or nothing is. */
async function enrolWithin(
  client: pg.PoolClient,
  asked: Enrolling,
  bearer: string,
): Promise<Result<{ deviceId: string; clinicIds: string[] }>> {
  const { deviceId } = asked;
  const used = await client.query<CodeRow>(
    `update enrolment_codes set used_at = now(), device_id = $2
     where hash = $1 and used_at is null and expires_at > now() returning clinic_id, kind, created_by`,
    [hashSecret(foldCode(asked.code)), deviceId],
  );
  const code = used.rows[0];
  if (code === undefined) return refused('gone', { field: 'code', detail: 'Wrong, used or older than 72 hours.' });
  const given = { kind: code.kind, clinicId: code.clinic_id, userId: code.created_by };
  // An older token of this device ends: whoever enrols it again has lost that one.
  await client.query('update device_tokens set revoked_at = now() where device_id = $1 and revoked_at is null', [
    deviceId,
  ]);
  await client.query('insert into device_tokens (hash, device_id, created_at) values ($1, $2, clock_timestamp())', [
    hashSecret(bearer),
    deviceId,
  ]);
  const outcome = await authorWithin(client, {
    author: given,
    needs: [{ collection: 'devices', id: deviceId }],
    decide: ({ nowMs }) => [enrolment(asked, given, bearer, nowMs)],
  });
  if (outcome?.result === 'applied') return { ok: true, value: { deviceId, clinicIds: [code.clinic_id] } };
  throw new NotAllowed(outcome?.result === 'main-server-only' ? outcome.result : 'forbidden');
}
