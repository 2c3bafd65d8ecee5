import { z } from 'zod';
import { listDeviceLines } from '../../db/postgres/list-devices.ts';
import { listCodes } from '../../db/postgres/list-enrolment-codes.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { hasFlag } from '../../lib/access/actor.ts';
import { revokeDevice } from '../../lib/domain/device/revoke-device.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { json } from './answer.ts';
import { type Asked, readBody, readQuery, replyOfCommand } from './asked.ts';
import { issueEnrolmentCode } from './enrolment-codes.ts';
import { type Result, refused } from './problem.ts';
import { hashSecret } from './secrets.ts';
import { managedClinics } from './users.ts';

const PAGE = 100;

/** `GET /api/devices`: of the clinics that the asker administers. */
export async function listDevices(asked: Asked): Promise<Result<Response>> {
  const query = readQuery(asked, z.strictObject({ after: uuidSchema.optional() }));
  if (!query.ok) return query;
  const clinicIds = managedClinics(asked.actor);
  if (clinicIds?.length === 0) return refused('forbidden');
  return json(await listDeviceLines(asked.pool, { clinicIds, after: query.value.after ?? null, limit: PAGE }));
}

/** `POST /api/devices/:id/revoke`. */
export async function revokeByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, z.strictObject({ lost: z.boolean().default(false) }));
  if (!body.ok) return body;
  const [device] = await readByIds(asked.pool, [{ collection: 'devices', id }]);
  if (device === undefined) return refused('not-found');
  // Here too, and not only by the judge: revoking twice changes nothing and is never judged.
  const clinicIds = (device.values.clinicIds ?? []) as string[];
  if (!clinicIds.every((clinicId) => hasFlag(asked.actor, 'clinic-admin', clinicId))) return refused('forbidden');
  return replyOfCommand(asked, revokeDevice, { deviceId: id, ...body.value }, null, { id });
}

/** `GET /api/enrolment-codes`: what became of the codes given out lately. */
export async function listEnrolmentCodes(asked: Asked): Promise<Result<Response>> {
  const clinicIds = managedClinics(asked.actor);
  if (clinicIds?.length === 0) return refused('forbidden');
  return json({ codes: await listCodes(asked.pool, clinicIds) });
}

/** `GET /api/enrolment-codes/:id`: one of them, for a page that waits until it is used. */
export async function readEnrolmentCode(asked: Asked, id: string): Promise<Result<Response>> {
  const [code] = await listCodes(asked.pool, managedClinics(asked.actor), id);
  return code === undefined ? refused('not-found') : json({ code });
}

const issueSchema = z.strictObject({ clinicId: uuidSchema, kind: z.enum(['phone', 'hub']).default('phone') });

/** `POST /api/enrolment-codes`: the only time the code is told, with the link that a QR code holds. */
export async function issueByApi(asked: Asked): Promise<Result<Response>> {
  const body = await readBody(asked, issueSchema);
  if (!body.ok) return body;
  const issued = await issueEnrolmentCode(asked.pool, { userId: asked.actor.userId, ...body.value });
  if (!issued.ok) return issued;
  const { code, expiresAt } = issued.value;
  const row = await asked.pool.query('select id from enrolment_codes where hash = $1', [hashSecret(code)]);
  const link = `${ownOrigin(asked.request)}/join/${code}`;
  return json({ id: row.rows[0]?.id, code, expiresAt, link, clinicId: body.value.clinicId });
}

/** The address people use: as told, else as this request came. */
function ownOrigin(request: Request): string {
  const told = process.env.ORIGIN;
  if (told !== undefined && told !== '') return new URL(told).origin;
  const host = request.headers.get('host') ?? 'localhost';
  return `${request.headers.get('origin')?.startsWith('https:') ? 'https' : 'http'}://${host}`;
}
