import { Badge } from '../../ui/badge.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** Where a record is: only here, or also on the server. */
export function RecordPlace({ unsent }: { unsent: boolean }) {
  const { t } = useText();
  return unsent ? (
    <Badge tone="warning" icon="phone">
      {t('sync.state.phone')}
    </Badge>
  ) : (
    <Badge icon="server">{t('sync.state.server')}</Badge>
  );
}
