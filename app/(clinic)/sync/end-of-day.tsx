import type { OutboxCounts } from '../../../db/device/outbox.ts';
import type { SyncStatus } from '../../../lib/replication/sync-worker.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';

type Counts = Pick<OutboxCounts, 'unsent' | 'refused' | 'received'>;
type Compared = Pick<SyncStatus, 'digestsEqual' | 'comparedWith'>;

/** What may be said at the end of a day: never more than is known. */
export type EndOfDayState = 'only-here' | 'at-hub' | 'not-compared' | 'equal-to-hub' | 'equal-to-server';

export function endOfDay({ unsent, refused, received }: Counts, compared: Compared | null): EndOfDayState {
  if (unsent + refused > 0) return 'only-here';
  if (received > 0) return 'at-hub';
  if (compared?.digestsEqual !== true) return 'not-compared';
  return compared.comparedWith === 'server' ? 'equal-to-server' : 'equal-to-hub';
}

/** Made here = on the server: nothing is left to hand in, and both sides hold the same records. */
export function EndOfDay({ counts, status }: { counts: Counts; status: Compared | null }) {
  const { t } = useText();
  switch (endOfDay(counts, status)) {
    case 'only-here':
      return (
        <Banner tone="warning" title={t('sync.endOfDayNot', { count: counts.unsent + counts.refused })}>
          {t('sync.endOfDayHelp')}
        </Banner>
      );
    case 'at-hub':
      return <Banner title={t('sync.endOfDayAtHub', { count: counts.received })}>{t('sync.endOfDayAtHubHelp')}</Banner>;
    case 'not-compared':
      return <Banner title={t('sync.notCompared')}>{t('sync.notComparedHelp')}</Banner>;
    case 'equal-to-hub':
      return (
        <Banner tone="success" title={t('sync.endOfDayOk')}>
          {t('sync.equalToHub')}
        </Banner>
      );
    case 'equal-to-server':
      return (
        <Banner tone="success" title={t('sync.endOfDayOk')}>
          {t('sync.digestsEqual')}
        </Banner>
      );
  }
}
