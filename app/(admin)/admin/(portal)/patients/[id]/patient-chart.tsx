'use client';
import { useState } from 'react';
import { formatHumanCode, humanCode } from '../../../../../../lib/domain/human-code.ts';
import { codeLabel } from '../../../../../../lib/text/translate.ts';
import { ageInWords } from '../../../../../(clinic)/patient/age-text.ts';
import { patientName } from '../../../../../(clinic)/patient/patient-name.ts';
import type { SeenChart } from '../../../../../server/chart.ts';
import { Banner } from '../../../../../ui/banner.tsx';
import { Button, ButtonLink } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { CodeText } from '../../../../../ui/code-text.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { Loaded } from '../../../../loaded.tsx';
import { useAsked } from '../../../../use-asked.ts';
import { useClinics } from '../../../../use-clinics.ts';
import { HistoryButton } from './history-button.tsx';
import { type HistoryOf, HistorySheet } from './history-sheet.tsx';
import { PatientDetails } from './patient-details.tsx';
import { VisitList } from './visit-list.tsx';
import { VitalsTable } from './vitals-table.tsx';

/** One patient: details, visits with every answer, vitals, and what each of them was before. */
export function PatientChart({ id }: { id: string }) {
  const asked = useAsked<SeenChart>(`/api/patients/${id}`);
  return <Loaded of={asked}>{(chart) => <Chart chart={chart} />}</Loaded>;
}

function Chart({ chart }: { chart: SeenChart }) {
  const { t } = useText();
  const { nameOf } = useClinics();
  const [history, setHistory] = useState<HistoryOf | null>(null);
  const { patient, mayEdit, mayViewHistory } = chart;
  const { fields } = patient;
  const born = {
    birthDate: typeof fields.birthDate === 'string' ? fields.birthDate : null,
    birthDateEstimated: fields.birthDateEstimated === true,
  };
  const name = patientName({ givenName: text(fields.givenName), familyName: text(fields.familyName) });
  const today = new Date().toISOString().slice(0, 10);
  const about = [codeLabel(t, 'sex', String(fields.sex ?? 'unknown')), ageInWords(t, born, today)];
  return (
    <>
      <PageHeader
        title={<bdi>{name ?? t('patient.unnamed')}</bdi>}
        detail={
          <span className="flex flex-wrap gap-x-4">
            <span>{about.join(' · ')}</span>
            <CodeText>{formatHumanCode(humanCode(patient.id))}</CodeText>
            <bdi>{chart.clinicIds.map(nameOf).join(', ')}</bdi>
          </span>
        }
        back={{ href: '/admin/patients', label: t('patient.list') }}
        actions={
          <>
            {mayEdit && (
              <ButtonLink icon="edit" href={`/admin/patients/${patient.id}/edit`}>
                {t('patient.edit')}
              </ButtonLink>
            )}
            <Button icon="print" onClick={() => print()}>
              {t('action.print')}
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-6">
        <Card
          title={t('patient.details')}
          action={
            <HistoryButton onOpen={() => setHistory({ collection: 'patients', id: patient.id, definition: null })} />
          }
        >
          <PatientDetails chart={chart} />
        </Card>
        {mayViewHistory ? (
          <VitalsTable chart={chart} onHistory={setHistory} />
        ) : (
          <Banner tone="info" title={t('portal.noHistoryRight')} />
        )}
        <VisitList chart={chart} onHistory={setHistory} />
      </div>
      <HistorySheet of={history} onClose={() => setHistory(null)} />
    </>
  );
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
