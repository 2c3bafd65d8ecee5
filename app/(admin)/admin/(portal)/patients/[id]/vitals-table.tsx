'use client';
import { formatInstant } from '../../../../../../lib/text/format.ts';
import { MEASURE_UNITS } from '../../../../../(clinic)/patient/chart-view.ts';
import { measureText } from '../../../../../(clinic)/patient/measure-text.ts';
import type { SeenChart, ShownRecord } from '../../../../../server/chart.ts';
import { Card } from '../../../../../ui/card.tsx';
import { EmptyState } from '../../../../../ui/empty-state.tsx';
import { IconButton } from '../../../../../ui/icon-button.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import type { HistoryOf } from './history-sheet.tsx';

/** Vitals with their units, newest first; a column for each measure that was ever taken. */
export function VitalsTable({ chart, onHistory }: { chart: SeenChart; onHistory: (of: HistoryOf) => void }) {
  const { t, language } = useText();
  const { vitals } = chart;
  const taken = Object.keys(MEASURE_UNITS).filter((measure) => vitals.some((one) => measureOf(one, measure) !== null));
  if (taken.length === 0)
    return (
      <Card title={t('vitals.title')}>
        <EmptyState icon="pulse" title={t('vitals.empty')} />
      </Card>
    );
  return (
    <Card title={t('vitals.title')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="relative overflow-x-auto" tabIndex={0} aria-label={t('vitals.title')}>
        <table className="w-full border-collapse text-start">
          <thead>
            <tr>
              <th scope="col" className="px-4 py-3 text-start text-sm text-text-2">
                {t('history.when')}
              </th>
              {taken.map((measure) => (
                <th key={measure} scope="col" className="min-w-28 px-4 py-3 text-end text-sm text-text-2">
                  {measureText(t, language, measure, 0).label}
                </th>
              ))}
              <th scope="col">
                <span className="sr-only">{t('portal.history')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {vitals.map((one) => (
              <tr key={one.id} className="border-t border-border">
                <th scope="row" className="px-4 py-2 text-start font-normal whitespace-nowrap">
                  {formatInstant(language, String(one.fields.occurredAt))}
                </th>
                {taken.map((measure) => {
                  const value = measureOf(one, measure);
                  return (
                    <td key={measure} className="tabular px-4 py-2 text-end whitespace-nowrap">
                      {value !== null && <bdi>{measureText(t, language, measure, value).value}</bdi>}
                    </td>
                  );
                })}
                <td className="text-end">
                  <IconButton
                    icon="history"
                    label={t('portal.history')}
                    onClick={() => onHistory({ collection: 'vitals', id: one.id, definition: null })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function measureOf({ fields }: ShownRecord, measure: string): number | null {
  const value = fields[measure];
  return typeof value === 'number' ? value : null;
}
