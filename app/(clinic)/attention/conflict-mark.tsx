import type { Chart } from '../../../db/device/charts.ts';
import { openConflicts } from '../../../lib/domain/conflict/conflict.ts';
import type { RecordRef } from '../../../lib/replication/record.ts';
import type { LabelKey } from '../../../lib/text/labels/en/en.ts';
import { Banner } from '../../ui/banner.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/drawn-icon.tsx';
import { Link } from '../../ui/link.tsx';
import { ListRow } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed } from '../clinic/clinic-records.tsx';
import { conflictHref } from './attention-items.ts';
import { type ConflictView, conflictsAbout, conflictView } from './conflict-view.ts';

const MARKS: Readonly<Record<ConflictView['kind'], LabelKey>> = {
  'parallel-edit': 'attention.mark.values',
  'edit-and-delete': 'attention.mark.deleted',
  review: 'attention.mark.review',
};

/** On a chart: something of it is to be decided, and the way there. Nothing for those who may not read it. */
export function ChartMark({ chart }: { chart: Chart }) {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  const open = mayView ? openConflicts(chart.records).flatMap((one) => conflictView(one) ?? []) : [];
  const [first] = open;
  if (first === undefined) return null;
  const own = conflictsAbout(chart, { collection: 'patients', id: chart.patientId });
  const deleted = own.some((one) => one.kind === 'edit-and-delete');
  return (
    <Banner
      tone="warning"
      title={deleted ? t('attention.mark.patientDeleted') : t('attention.mark.chart', { count: open.length })}
      action={
        <ButtonLink href={open.length === 1 ? conflictHref(chart.patientId, first.id) : '/c/sync/attention'}>
          {t('attention.decide')}
        </ButtonLink>
      }
    />
  );
}

/** On a record: what of it is to be decided, each with the way there. */
export function ConflictMarks({ chart, about }: { chart: Chart; about: RecordRef }) {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  return (mayView ? conflictsAbout(chart, about) : []).map((view) => (
    <Link
      key={view.id}
      href={conflictHref(chart.patientId, view.id)}
      className="inline-flex min-h-12 items-center gap-2 rounded-2 bg-warning-soft px-3 text-sm font-semibold text-warning"
    >
      <Icon name="warning" size={20} />
      {t(MARKS[view.kind])}
    </Link>
  ));
}

/** The same as rows of a list: a row that is a link cannot hold another. */
export function ConflictRows({ chart, about }: { chart: Chart; about: RecordRef }) {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  return (mayView ? conflictsAbout(chart, about) : []).map((view) => (
    <ListRow
      key={view.id}
      href={conflictHref(chart.patientId, view.id)}
      lead={<Icon name="warning" className="text-warning" />}
      title={<span className="text-warning">{t(MARKS[view.kind])}</span>}
    />
  ));
}
