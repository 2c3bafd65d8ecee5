import type { Chart } from '../../../db/device/charts.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { OpenVisit } from '../visit/open-visit.tsx';
import { VisitCard } from '../visit/visit-card.tsx';
import { visitsOf } from './chart-view.ts';

/** The visits with their filled forms; the open one first, to go on with. */
export function ChartVisits({ chart }: { chart: Chart }) {
  const { t } = useText();
  const closed = visitsOf(chart).filter((view) => !view.open);
  return (
    <>
      <OpenVisit chart={chart} />
      {closed.length === 0 && visitsOf(chart).length === 0 ? (
        <EmptyState icon="form" title={t('visit.empty')}>
          {t('visit.emptyHelp')}
        </EmptyState>
      ) : (
        closed.map((view) => <VisitCard key={view.visit.id} chart={chart} view={view} />)
      )}
    </>
  );
}
