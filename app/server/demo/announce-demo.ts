import type pg from 'pg';
import { issueEnrolmentCode } from '../enrolment-codes.ts';
import type { Seeded } from './seed-demo-clinic.ts';
import { ADMIN, CLINICS } from './staff.ts';

/** What to print of the demo clinic: who signs in with what, and how a phone joins each clinic. Makes new codes. */
export async function demoAnnouncement(pool: pg.Pool, origin: string, { made, signIns }: Seeded): Promise<string> {
  const lines = [
    made ? 'The demo clinic was made. Its people are made up.' : 'The demo clinic stands as it was left.',
    signIns ?? 'The file with its passwords is gone: start with an empty DATA_DIR to have another.',
  ];
  for (const { id, name } of CLINICS) {
    const issued = await issueEnrolmentCode(pool, { userId: ADMIN.userId, clinicId: id });
    if (!issued.ok) continue;
    const { code } = issued.value;
    lines.push(
      `Phone for ${name}: ${origin}/join/${code}  (code ${code.slice(0, 4)} ${code.slice(4)}, once, 72 hours)`,
    );
  }
  return lines.join('\n');
}
