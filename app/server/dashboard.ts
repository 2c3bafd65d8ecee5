import { listDeviceLines } from '../../db/postgres/list-devices.ts';
import { countRefused, readActivity, readFirstSteps } from '../../db/postgres/read-dashboard.ts';
import { isAdmin } from '../../lib/access/actor.ts';
import { deskClinics, maySeeScope } from '../../lib/access/read-rules.ts';
import { json } from './answer.ts';
import type { Asked } from './asked.ts';
import { type Result, refused } from './problem.ts';
import { managedClinics } from './users.ts';

/** `GET /api/dashboard`: of the clinics where the asker has any right; devices and refusals where he administers. */
export async function readDashboard({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!maySeeScope(actor, 'org')) return refused('forbidden');
  const managed = managedClinics(actor);
  const administers = managed === null || managed.length > 0;
  const [activity, devices, refusedChanges, steps] = await Promise.all([
    readActivity(pool, deskClinics(actor)),
    administers ? listDeviceLines(pool, { clinicIds: managed, after: null, limit: 100 }) : null,
    administers ? countRefused(pool, managed) : null,
    isAdmin(actor) ? readFirstSteps(pool) : null,
  ]);
  return json({ activity, devices: devices?.devices ?? null, refusedChanges, steps });
}
