import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/drawn-icon.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAttentionCount } from './use-attention-count.ts';

/** The way to what waits for a person, with how much it is. */
export function AttentionLink() {
  const { t } = useText();
  const { all } = useAttentionCount();
  return (
    <Card flush>
      <List>
        <ListRow
          href="/c/sync/attention"
          lead={<Icon name="inbox" className={all > 0 ? 'text-danger' : 'text-text-2'} />}
          title={t('attention.title')}
          detail={all > 0 ? t('attention.waiting', { count: all }) : t('attention.empty')}
          trail={
            all > 0 && (
              <Badge tone="danger">
                <span aria-hidden="true">{all}</span>
              </Badge>
            )
          }
        />
      </List>
    </Card>
  );
}
