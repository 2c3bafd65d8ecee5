import type { Chart } from '../../../db/device/charts.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { VisitCard } from '../visit/visit-card.tsx';
import { visitsOf } from './chart-view.ts';

/** Everything that happened, newest first. */
export function ChartTimeline({ chart }: { chart: Chart }) {
  const { t } = useText();
  const visits = visitsOf(chart);
  if (visits.length === 0)
    return (
      <EmptyState icon="clock" title={t('visit.empty')}>
        {t('visit.emptyHelp')}
      </EmptyState>
    );
  return visits.map((view) => <VisitCard key={view.visit.id} chart={chart} view={view} withVitals />);
}
