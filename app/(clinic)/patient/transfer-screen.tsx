import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { patientOfChart } from '../../../lib/domain/patient/patient-card.ts';
import { transferPatient } from '../../../lib/domain/patient/transfer-patient.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { refusalWords } from '../form/refusal-words.ts';
import { patientName } from './patient-name.ts';
import { useTransferTargets } from './transfer-targets.ts';

/** Where the patient goes, and whether he stays with this clinic as well. */
export function TransferScreen({ chart }: { chart: Chart }) {
  const { t } = useText();
  const session = useSession();
  const toast = useToast();
  const [, go] = useLocation();
  const targets = useTransferTargets(chart);
  const [target, setTarget] = useState<string | null>(null);
  const [stay, setStay] = useState(false);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const { patientId } = chart;
  const patient = patientOfChart(chart.records);
  const transfer = async () => {
    setMissing(target === null);
    if (target === null) return;
    setBusy(true);
    const input = { patientId, fromClinicId: session.clinicId, toClinicId: target, stay };
    const result = await runCommand(session, transferPatient, input, patientId);
    setBusy(false);
    if (!result.ok) return setRefusal(result.refusal);
    toast({ title: t('transfer.done', { clinic: targets.find(({ id }) => id === target)?.name ?? '' }) });
    go(stay ? `/c/patients/${patientId}` : '/c', { replace: true });
  };
  const words = refusal && refusalWords(t, refusal);
  return (
    <>
      <PageHeader
        title={t('transfer.title')}
        detail={patient && <bdi>{patientName(patient) ?? t('patient.unnamed')}</bdi>}
        back={{ href: `/c/patients/${patientId}`, label: t('action.back') }}
      />
      {targets.length === 0 ? (
        <Banner title={t('transfer.noClinic')} />
      ) : (
        <form
          className="flex flex-col gap-4"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void transfer();
          }}
        >
          <Select
            label={t('transfer.to')}
            requiredText={t('app.required')}
            emptyText={t('transfer.choose')}
            error={missing && target === null ? t('transfer.needed') : undefined}
            options={targets.map(({ id, name }) => ({ value: id, label: name }))}
            value={target}
            onChange={setTarget}
          />
          <Switch label={t('transfer.stay')} hint={t('transfer.stayHint')} checked={stay} onChange={setStay} />
          {!stay && (
            <Banner tone="warning" title={t('transfer.leaves')}>
              {t('transfer.leavesHelp')}
            </Banner>
          )}
          {words && (
            <Banner tone="danger" title={words.title}>
              {words.remedy}
            </Banner>
          )}
          <Button type="submit" look="primary" wide busy={busy}>
            {t('transfer.save')}
          </Button>
        </form>
      )}
    </>
  );
}
