import { formatAgo } from '../../../lib/text/format.ts';
import { useFeed } from '../../device/feed.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { syncNow, useIndexStatus, useSyncStatus } from '../../device/workers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { AttentionLink } from '../attention/attention-link.tsx';
import { Facts } from '../event/facts.tsx';
import { ClockBanner } from './clock-banner.tsx';
import { ConnectAgainLink } from './connect-again-link.tsx';
import { DayTallyCard } from './day-tally-card.tsx';
import { EndOfDay } from './end-of-day.tsx';
import { SnapshotBar } from './first-sync.tsx';
import { ProblemBanner } from './problem-banner.tsx';
import { StorageCard } from './storage-card.tsx';

/** Where everything is, what is wrong and what to do about it. */
export function SyncScreen() {
  const { t, language } = useText();
  const status = useSyncStatus();
  const counts = useOutboxCounts();
  const feed = useFeed();
  const working = status?.state === 'working';
  const contact = status?.lastContactMs ?? feed?.lastContactMs ?? null;
  const problem = status?.problem ?? null;
  return (
    <>
      <PageHeader
        title={t('sync.title')}
        detail={
          contact === null
            ? t('sync.noContact')
            : t('sync.lastContactAt', {
                when: formatAgo(language, new Date(contact).toISOString(), new Date().toISOString()),
              })
        }
      />
      <ProblemBanner problem={problem} />
      <ConnectAgainLink problem={problem} />
      <ClockBanner />
      {feed?.snapshot && <SnapshotBar snapshot={feed.snapshot} />}
      <AttentionLink />
      <WhereThingsAre />
      <Button
        look="primary"
        icon="sync"
        wide
        busy={working}
        busyText={t('sync.running')}
        onClick={() => void syncNow()}
      >
        {t('sync.now')}
      </Button>
      {counts !== undefined && <EndOfDay counts={counts} status={status} />}
      <DayTallyCard />
      <StorageCard />
    </>
  );
}

function WhereThingsAre() {
  const { t, language } = useText();
  const counts = useOutboxCounts();
  const { patients } = useIndexStatus();
  if (counts === undefined) return null;
  const number = (value: number) => new Intl.NumberFormat(language === 'ar' ? 'ar-u-nu-latn' : language).format(value);
  const facts = [
    {
      key: 'phone',
      label: t('sync.state.phone'),
      value: number(counts.unsent),
      note: counts.looks > 0 ? t('sync.looks', { count: counts.looks }) : t('sync.state.phoneHelp'),
    },
    ...(counts.received > 0
      ? [{ key: 'hub', label: t('sync.state.hub'), value: number(counts.received), note: t('sync.state.hubHelp') }]
      : []),
    {
      key: 'server',
      label: t('sync.state.server'),
      value: number(counts.confirmed),
      note: t('sync.state.serverRecent'),
    },
    { key: 'refused', label: t('sync.state.refused'), value: number(counts.refused) },
    { key: 'patients', label: t('patient.list'), value: number(patients), note: t('sync.state.held') },
  ];
  return (
    <Card title={t('sync.unsent', { count: counts.unsent })}>
      <Facts facts={facts} />
    </Card>
  );
}
