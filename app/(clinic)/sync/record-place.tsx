import { type RecordRef, refKey } from '../../../lib/replication/record.ts';
import { useOnHub } from '../../device/on-hub.ts';
import { Badge } from '../../ui/badge.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** Where records are: only on this phone, on the hub, or on the server. Of several the one that is least far. */
export function RecordPlace({ unsent, of }: { unsent: boolean; of: readonly RecordRef[] }) {
  const { t } = useText();
  const onHub = useOnHub();
  if (unsent)
    return (
      <Badge tone="warning" icon="phone">
        {t('sync.state.phone')}
      </Badge>
    );
  if (of.some((record) => onHub.has(refKey(record))))
    return (
      <Badge tone="info" icon="hub">
        {t('sync.state.hub')}
      </Badge>
    );
  return <Badge icon="server">{t('sync.state.server')}</Badge>;
}
