import { readByIds, readRecords } from '../../db/postgres/record-statements.ts';
import { actingClinics } from '../../db/postgres/upstream.ts';
import { hasAnyFlag } from '../../lib/access/actor.ts';
import { grantInForce } from '../../lib/domain/access-grant/grant-in-force.ts';
import { recordView } from '../../lib/domain/view/record-view.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import type { Asked } from './asked.ts';
import { log } from './log.ts';
import { runCommand } from './run-command.ts';

/**
 * Notes that somebody opened a chart in the portal, once an hour like on a phone. `clinicIds`: the patient's. What
 * keeps it from being written (a full disk) is logged and does not keep the chart from those who treat the patient.
 */
export async function notePortalView({ pool, actor }: Asked, patientId: string, clinicIds: readonly string[]) {
  try {
    // Of a patient of no clinic an administrator alone sees anything.
    const clinicId = (await actingClinics(pool, clinicIds)).find((one) => hasAnyFlag(actor, one)) ?? null;
    const [memberships, grants] = await Promise.all(
      ['patientClinics', 'accessGrants'].map((name) =>
        readRecords(pool, name, 'where patient_id = any($1)', [[patientId]]),
      ),
    );
    const { userId } = actor;
    const held = [...(memberships ?? []), ...(grants ?? [])];
    const grantId = clinicId === null ? null : (grantInForce(held, clinicId, userId)?.id ?? null);
    const id = viewId({ userId, patientId, clinicId, at: new Date().toISOString(), grantId });
    if (id === null || (await readByIds(pool, [{ collection: 'views', id }])).length > 0) return;
    const done = await runCommand(pool, recordView, { patientId, screen: 'portal', grantId }, { userId, clinicId });
    if (!done.ok) log('warn', 'recordView', { user: userId, code: done.refusal.kind });
  } catch (fault) {
    log('error', 'recordView', { user: actor.userId, code: fault instanceof Error ? fault.name : 'unknown' });
  }
}
