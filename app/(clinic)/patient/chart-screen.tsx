import type { Chart } from '../../../db/device/charts.ts';
import { formatHumanCode, humanCode } from '../../../lib/domain/human-code.ts';
import { patientOfChart } from '../../../lib/domain/patient/patient-card.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { Badge } from '../../ui/badge.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ChartMark } from '../attention/conflict-mark.tsx';
import { useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { RecordPlace } from '../sync/record-place.tsx';
import { ageInWords } from './age-text.ts';
import { BreakGlassBanner } from './break-glass-banner.tsx';
import { ChartSummary } from './chart-summary.tsx';
import { ChartTimeline } from './chart-timeline.tsx';
import { ChartVisits } from './chart-visits.tsx';
import { ChartVitals } from './chart-vitals.tsx';
import { patientName } from './patient-name.ts';

const SECTIONS = [
  ['summary', 'chart.summary'],
  ['timeline', 'chart.timeline'],
  ['vitals', 'chart.vitals'],
  ['visits', 'chart.visits'],
] as const;

/** One patient: who it is, always in sight, and the sections of the record, each with its address. */
export function ChartScreen({ chart, section }: { chart: Chart; section: string }) {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  const shown = SECTIONS.some(([name]) => name === section) ? section : 'summary';
  const href = (name: string) => `/c/patients/${chart.patientId}${name === 'summary' ? '' : `/${name}`}`;
  const tabs = SECTIONS.filter(([name]) => mayView || name === 'summary' || name === 'visits');
  return (
    <>
      <ChartHeader chart={chart} />
      <BreakGlassBanner chart={chart} />
      <ChartMark chart={chart} />
      <TabLinks
        label={t('chart.sections')}
        tabs={tabs.map(([name, label]) => ({ href: href(name), label: t(label), current: name === shown }))}
      />
      {shown === 'summary' && <ChartSummary chart={chart} />}
      {shown === 'timeline' && <ChartTimeline chart={chart} />}
      {shown === 'vitals' && <ChartVitals chart={chart} />}
      {shown === 'visits' && <ChartVisits chart={chart} />}
    </>
  );
}

function ChartHeader({ chart }: { chart: Chart }) {
  const { t } = useText();
  const { today } = useClinicRecords();
  const patient = patientOfChart(chart.records);
  if (patient === null) return null;
  const born = { birthDate: patient.birthDate, birthDateEstimated: patient.birthDateEstimated === true };
  const record = { collection: 'patients', id: chart.patientId };
  const unsent = chart.unsent.has(refKey(record));
  return (
    <div>
      <PageHeader
        title={<bdi>{patientName(patient) ?? t('patient.unnamed')}</bdi>}
        back={{ href: '/c', label: t('action.back') }}
        detail={
          <>
            {ageInWords(t, born, today)} · {codeLabel(t, 'sex', patient.sex)}
          </>
        }
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-text-2">
        <span>
          {t('patient.code')} <CodeText>{formatHumanCode(humanCode(chart.patientId))}</CodeText>
        </span>
        {patient.phone !== null && (
          <a href={`tel:${patient.phone}`} className="inline-flex min-h-12 items-center font-semibold text-accent">
            <CodeText>{patient.phone}</CodeText>
          </a>
        )}
        {patient.deceasedOn !== null && <Badge>{t('patient.deceased')}</Badge>}
        <RecordPlace unsent={unsent} of={[record]} />
      </div>
    </div>
  );
}
