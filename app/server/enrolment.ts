import { put } from '../../lib/domain/command.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { tokenHashOf } from './secrets.ts';

/** A device that shows a code. */
export interface Enrolled {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly publicKey?: string | undefined;
}

/** What a code was given for, and who gave it. */
export interface GivenCode {
  readonly kind: 'phone' | 'hub';
  readonly clinicId: string;
  readonly userId: string;
}

/** The record of a device that was enrolled with a code and shows `bearer` from now on. */
export function enrolment(
  { deviceId, deviceName, publicKey }: Enrolled,
  { kind, clinicId, userId }: GivenCode,
  bearer: string,
  nowMs: number,
): Edit {
  return put('devices', deviceId, {
    name: deviceName,
    kind,
    clinicIds: [clinicId],
    enrolledAt: new Date(nowMs).toISOString(),
    enrolledBy: userId,
    publicKey: publicKey ?? null,
    tokenHash: tokenHashOf(bearer),
    revokedAt: null,
    lostAt: null,
  });
}
