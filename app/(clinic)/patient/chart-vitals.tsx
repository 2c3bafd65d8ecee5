import type { Chart } from '../../../db/device/charts.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { formatInstant } from '../../../lib/text/format.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ConflictMarks } from '../attention/conflict-mark.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { Facts } from '../event/facts.tsx';
import { RecordPlace } from '../sync/record-place.tsx';
import { measuresOf, vitalsOf } from './chart-view.ts';
import { measureText } from './measure-text.ts';

/** Every set of vitals, newest first, each value with its unit. */
export function ChartVitals({ chart }: { chart: Chart }) {
  const { t } = useText();
  const all = vitalsOf(chart);
  if (all.length === 0)
    return (
      <EmptyState icon="pulse" title={t('vitals.empty')}>
        {t('vitals.emptyHelp')}
      </EmptyState>
    );
  return all.map((record) => <VitalsCard key={record.id} chart={chart} record={record} />);
}

function VitalsCard({ chart, record }: { chart: Chart; record: StoredRecord }) {
  const { t, language } = useText();
  const { timeZone } = useClinicRecords();
  const when = formatInstant(language, String(record.values.occurredAt), timeZone);
  return (
    <Card title={when} action={<RecordPlace unsent={chart.unsent.has(refKey(record))} of={[record]} />}>
      <Facts
        facts={measuresOf(record).map(([measure, value]) => ({
          key: measure,
          ...measureText(t, language, measure, value),
        }))}
      />
      <ConflictMarks chart={chart} about={record} />
    </Card>
  );
}
