import { useLiveQuery } from 'dexie-react-hooks';
import { listDrafts } from '../../../db/device/drafts.ts';
import { formatAgo } from '../../../lib/text/format.ts';
import { database, useSession } from '../../device/phone.ts';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/drawn-icon.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { draftHref, type FormDraft } from './saved-form.ts';

/** The forms that this user began and did not save, newest first. Nothing when there are none. */
export function DraftList() {
  const { t, language } = useText();
  const { key, userId } = useSession();
  const drafts = useLiveQuery(() => listDrafts<FormDraft>(database, key, userId), [key, userId]);
  if (drafts === undefined || drafts.length === 0) return null;
  const now = new Date().toISOString();
  return (
    <Card flush title={t('draft.list')}>
      <List>
        {drafts.slice(0, 3).map(({ id, savedAtMs, content }) => (
          <ListRow
            key={id}
            href={draftHref(content)}
            lead={<Icon name="draft" className="text-warning" />}
            title={<bdi>{content.title[language] ?? Object.values(content.title)[0]}</bdi>}
            detail={t('draft.keptAt', { when: formatAgo(language, new Date(savedAtMs).toISOString(), now) })}
          />
        ))}
      </List>
    </Card>
  );
}
