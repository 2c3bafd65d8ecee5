import { useEffect } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import { grantInForce } from '../../../lib/domain/access-grant/grant-in-force.ts';
import { recordView } from '../../../lib/domain/view/record-view.ts';
import { viewId } from '../../../lib/domain/view/view.ts';
import { type OpenSession, useSession } from '../../device/phone.ts';
import { runCommand } from '../../device/run-command.ts';

/** Ids of looks that were noted since the app was opened: the same chart again within the hour costs nothing. */
const noted = new Set<string>();

/** The chart is drawn first: noting the look reads and seals it once more. */
const DELAY_MS = 600;

/** Notes that the user of the open phone looks at this chart, once an hour; leaving it at once does not undo that. */
export function useNoteView({ patientId, records }: Chart): void {
  const session = useSession();
  const grantId = grantInForce(records, session.clinicId, session.userId)?.id ?? null;
  useEffect(() => {
    setTimeout(() => void noteView(session, patientId, grantId).catch(reportError), DELAY_MS);
  }, [session, patientId, grantId]);
}

async function noteView(session: OpenSession, patientId: string, grantId: string | null): Promise<void> {
  const { userId, clinicId } = session;
  const id = viewId({ userId, patientId, clinicId, at: new Date().toISOString(), grantId });
  if (id === null || noted.has(id)) return;
  noted.add(id);
  const result = await runCommand(session, recordView, { patientId, screen: 'chart' as const, grantId }, patientId);
  // No room on this phone, or the patient has gone: tried again when the chart is opened next.
  if (!result.ok) noted.delete(id);
}
