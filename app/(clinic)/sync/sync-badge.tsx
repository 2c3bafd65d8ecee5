import { useClockSkew } from '../../device/clock-skew.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { useSyncStatus } from '../../device/workers.ts';
import { Badge } from '../../ui/badge.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAttentionCount } from '../attention/use-attention-count.ts';
import { skewText } from './skew-text.ts';
import { badgeState } from './sync-state.ts';

/** Where this phone stands, in one word: on every screen. */
export function SyncBadge() {
  const { t } = useText();
  const counts = useOutboxCounts();
  const { conflicts } = useAttentionCount();
  const skew = useClockSkew();
  const state = badgeState(counts, useSyncStatus(), { conflicts, clockWrong: skew !== null });
  switch (state) {
    case 'refused':
      return (
        <Badge tone="danger" icon="danger">
          {t('sync.badge.refused', { count: counts?.refused ?? 0 })}
        </Badge>
      );
    case 'problem':
      return (
        <Badge tone="danger" icon="warning">
          {t('sync.badge.problem')}
        </Badge>
      );
    case 'conflicts':
      return (
        <Badge tone="warning" icon="warning">
          {t('sync.badge.conflicts', { count: conflicts })}
        </Badge>
      );
    case 'clock':
      return (
        <Badge tone="warning" icon="clock">
          {t('sync.badge.clock', { skew: skew === null ? '' : skewText(t, skew) })}
        </Badge>
      );
    case 'unsent':
      return (
        <Badge tone="warning" icon="phone">
          {t('sync.unsentShort', { count: counts?.unsent ?? 0 })}
        </Badge>
      );
    case 'offline':
      return <Badge icon="offline">{t('app.offline')}</Badge>;
    case 'sent':
    case 'working':
      return (
        <Badge tone="success" icon="check">
          {t('sync.badge.sent')}
        </Badge>
      );
    default:
      return <Badge icon="sync">{t('sync.title')}</Badge>;
  }
}
