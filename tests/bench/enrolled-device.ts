import { newSecret, tokenHashOf } from '../../app/server/secrets.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { put } from '../scenario/edits.ts';
import type { aPostgresClinic } from '../scenario/postgres-clinic.ts';

/** A device on which the clinic's provider signed in; its bearer. */
export async function anEnrolledDevice(
  { clinicId, userId }: { clinicId: string; userId: string },
  atServer: Awaited<ReturnType<typeof aPostgresClinic>>['atServer'],
): Promise<{ readonly deviceId: string; readonly bearer: string }> {
  const [deviceId, bearer, now] = [newId(), newSecret(), new Date().toISOString()];
  const enrolled = { clinicIds: [clinicId], enrolledAt: now, enrolledBy: userId, tokenHash: tokenHashOf(bearer) };
  await atServer([
    put('devices', deviceId, { name: 'Phone', kind: 'phone', ...enrolled, [`signedIn.${userId}`]: now }),
  ]);
  return { deviceId, bearer };
}
