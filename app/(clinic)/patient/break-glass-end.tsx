import { useState } from 'react';
import { mayEndGrant } from '../../../lib/domain/access-grant/access-grant.ts';
import { endBreakGlass } from '../../../lib/domain/access-grant/end-break-glass.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { refusalWords } from '../form/refusal-words.ts';

/** Ends an emergency opening at once; nothing for whom it is not to end. */
export function EndGrant({ grant, patientId }: { grant: StoredRecord; patientId: string }) {
  const { t } = useText();
  const session = useSession();
  const toast = useToast();
  const { actor } = useClinicRecords();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const { userId, clinicId } = grant.values;
  if (actor === null || !mayEndGrant(actor, { userId, clinicId })) return null;
  const end = async () => {
    setBusy(true);
    const result = await runCommand(session, endBreakGlass, { grantId: grant.id }, patientId);
    setBusy(false);
    if (!result.ok) return setRefusal(result.refusal);
    toast({ title: t('breakGlass.ended') });
  };
  const words = refusal && refusalWords(t, refusal);
  return (
    <>
      <Button busy={busy} onClick={() => void end()}>
        {t('breakGlass.endNow')}
      </Button>
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
    </>
  );
}
