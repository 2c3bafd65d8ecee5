import { useState } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import { closeVisit } from '../../../lib/domain/visit/close-visit.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAllowed } from '../clinic/clinic-records.tsx';
import { refusalWords } from '../form/refusal-words.ts';
import { type VisitView, visitsOf } from '../patient/chart-view.ts';
import { StartVisitSheet } from './start-visit-sheet.tsx';
import { VisitCard } from './visit-card.tsx';

/** The visits that are open, to go on with; or the way to start one. */
export function OpenVisit({ chart }: { chart: Chart }) {
  const { t } = useText();
  const mayEdit = useAllowed('edit-records');
  const mayRegister = useAllowed('register-patients');
  const [starting, setStarting] = useState(false);
  const open = visitsOf(chart).filter((view) => view.open);
  return (
    <>
      {open.map((view) => (
        <OpenVisitCard key={view.visit.id} chart={chart} view={view} />
      ))}
      {(mayEdit || mayRegister) && (
        <Button look={open.length === 0 ? 'primary' : 'secondary'} icon="plus" wide onClick={() => setStarting(true)}>
          {open.length === 0 ? t('visit.start') : t('visit.startAnother')}
        </Button>
      )}
      {starting && <StartVisitSheet patientId={chart.patientId} onClose={() => setStarting(false)} />}
    </>
  );
}

function OpenVisitCard({ chart, view }: { chart: Chart; view: VisitView }) {
  const { t } = useText();
  const session = useSession();
  const toast = useToast();
  const mayEdit = useAllowed('edit-records');
  const mayRegister = useAllowed('register-patients');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const close = async () => {
    setBusy(true);
    const result = await runCommand(session, closeVisit, { visitId: view.visit.id }, chart.patientId);
    setBusy(false);
    if (result.ok) toast({ title: t('visit.closed') });
    else setRefusal(result.refusal);
  };
  const words = refusal && refusalWords(t, refusal);
  return (
    <div className="flex flex-col gap-3">
      <VisitCard chart={chart} view={view} />
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
      <div className="flex flex-wrap gap-3">
        {mayEdit && (
          <div className="grow">
            <ButtonLink
              look="primary"
              icon="form"
              wide
              href={`/c/patients/${chart.patientId}/visits/${view.visit.id}/forms`}
            >
              {t('visit.addForm')}
            </ButtonLink>
          </div>
        )}
        {(mayEdit || mayRegister) && (
          <Button className="min-h-14" busy={busy} onClick={() => void close()}>
            {t('visit.close')}
          </Button>
        )}
      </div>
    </div>
  );
}
