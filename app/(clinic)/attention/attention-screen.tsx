import { recordLabel } from '../../../lib/text/record-label.ts';
import { refusalText } from '../../../lib/text/translate.ts';
import { useCharts } from '../../device/charts-of.ts';
import { useOpenConflicts } from '../../device/open-conflicts.ts';
import { type RefusedAction, useRefused } from '../../device/refused.ts';
import { useReplaced } from '../../device/replaced.ts';
import { Card } from '../../ui/card.tsx';
import { Icon, type IconName } from '../../ui/drawn-icon.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed } from '../clinic/clinic-records.tsx';
import { refusedSummary } from '../sync/refused-summary.ts';
import {
  type AttentionItem,
  attentionItems,
  isSelfEvident,
  itemHref,
  nameIn,
  nameOfPatient,
  refusedItem,
} from './attention-items.ts';
import { conflictTitle } from './conflict-title.ts';
import type { ConflictView } from './conflict-view.ts';
import { useReading } from './use-reading.ts';
import { WhoWhen } from './who-when.tsx';

/** Everything that waits for a person: what was not accepted, what people changed at once, what the server does not have. Newest first. */
export function AttentionScreen() {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  const open = useOpenConflicts();
  const refused = useRefused();
  const conflicted = mayView ? open.patientIds : [];
  const about = (refused ?? []).flatMap((one) => refusedSummary(one).patientId ?? []);
  const replaced = useReplaced();
  const lost = mayView ? (replaced ?? []) : [];
  const charts = useCharts([...conflicted, ...about, ...lost.flatMap((one) => one.patientId ?? [])]);
  const known = refused !== undefined && replaced !== undefined && charts !== undefined;
  const items = known ? attentionItems(refused, mayView ? charts.values() : [], lost) : [];
  const settled = (refused ?? []).filter((one) => one.settled !== null).map(refusedItem);
  const nameOf = (patientId: string | null) => (known ? nameOfPatient(patientId, charts, refused) : null);
  return (
    <>
      <PageHeader title={t('attention.title')} back={{ href: '/c/sync', label: t('action.back') }} />
      {!known ? (
        <Skeleton label={t('app.loading')} lines={4} />
      ) : items.length === 0 ? (
        <EmptyState icon="check" title={t('attention.empty')}>
          {t('attention.emptyHelp')}
        </EmptyState>
      ) : (
        <Card flush title={t('attention.waiting', { count: items.length })}>
          <Items items={items} nameOf={nameOf} />
        </Card>
      )}
      {known && settled.length > 0 && (
        <Card flush title={t('attention.settledList')}>
          <Items items={settled} nameOf={nameOf} />
        </Card>
      )}
    </>
  );
}

interface ItemsProps {
  readonly items: readonly AttentionItem[];
  readonly nameOf: (patientId: string | null) => string | null;
}

function Items({ items, nameOf }: ItemsProps) {
  const { t } = useText();
  return (
    <List>
      {items.map((item) => {
        const name = nameOf(item.patientId) ?? (item.of === 'replaced' ? nameIn(item.what.records) : null);
        const title = item.patientId === null ? t('attention.noPatient') : <bdi>{name ?? t('patient.unnamed')}</bdi>;
        return (
          <ListRow
            key={itemHref(item)}
            href={itemHref(item)}
            lead={<ItemIcon item={item} />}
            title={title}
            detail={<Line item={item} />}
          />
        );
      })}
    </List>
  );
}

function Line({ item }: { item: AttentionItem }) {
  const { t } = useText();
  if (item.of === 'refused') return <RefusedLine action={item.action} />;
  if (item.of === 'conflict') return <ConflictLine item={item} />;
  const told = item.what.records.filter(({ collection }) => !isSelfEvident(collection));
  return t('attention.replacedLine', { count: told.length });
}

function ItemIcon({ item }: { item: AttentionItem }) {
  if (item.of === 'conflict') return <Icon name={ICONS[item.view.kind]} className="text-warning" />;
  if (item.of === 'replaced') return <Icon name={ICONS.replaced} className="text-warning" />;
  if (item.action.settled !== null) return <Icon name="check" className="text-text-2" />;
  return <Icon name={ICONS.refused} className="text-danger" />;
}

const ICONS: Readonly<Record<'refused' | 'replaced' | ConflictView['kind'], IconName>> = {
  replaced: 'history',
  refused: 'danger',
  'parallel-edit': 'edit',
  'edit-and-delete': 'trash',
  review: 'shield',
};

function RefusedLine({ action }: { action: RefusedAction }) {
  const { t } = useText();
  const { collection, code, at, author } = refusedSummary(action);
  const record = recordLabel(t, collection);
  const settled = action.settled?.how === 'discarded' ? 'attention.wasDiscarded' : 'attention.wasSentAgain';
  return (
    <>
      <span className="block">
        {action.settled === null
          ? t('attention.what', { record, why: refusalText(t, code).title })
          : t(settled, { record })}
      </span>
      <WhoWhen authors={[author]} at={at} />
    </>
  );
}

function ConflictLine({ item }: { item: Extract<AttentionItem, { of: 'conflict' }> }) {
  const readingOf = useReading();
  const { kept, lost } = item.view;
  return (
    <>
      <span className="block">{readingOf && conflictTitle(readingOf, item.view, item.records)}</span>
      <WhoWhen authors={[lost.author, kept.author]} at={item.at} />
    </>
  );
}
