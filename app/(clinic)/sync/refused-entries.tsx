import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect, useState } from 'react';
import { openOutboxRow } from '../../../db/device/outbox.ts';
import type { OutboxEntry } from '../../../lib/replication/outbox.ts';
import { formatInstant } from '../../../lib/text/format.ts';
import { isLabelKey, refusalText } from '../../../lib/text/translate.ts';
import { database, useSession } from '../../device/phone.ts';
import { Card } from '../../ui/card.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { refusedSummary } from './refused-summary.ts';

/** What the server did not take: which record, why, and what to do. Nothing of it is lost. */
export function RefusedEntries() {
  const { t, language } = useText();
  const entries = useRefused();
  if (entries.length === 0) return null;
  return (
    <Card flush title={t('sync.problem.refused', { count: entries.length })}>
      <List>
        {entries.map((entry) => {
          const { collection, patientId, code, at } = refusedSummary(entry);
          const { title, remedy } = refusalText(t, code);
          const key = `record.${collection}`;
          const what = isLabelKey(key) ? t(key) : collection;
          const row = {
            title: `${what}: ${title}`,
            detail: (
              <>
                {formatInstant(language, at)} · {remedy}
              </>
            ),
          };
          return patientId === null ? (
            <ListRow key={entry.action.id} {...row} />
          ) : (
            <ListRow key={entry.action.id} {...row} href={`/c/patients/${patientId}`} />
          );
        })}
      </List>
    </Card>
  );
}

function useRefused(): readonly OutboxEntry[] {
  const { key } = useSession();
  const rows = useLiveQuery(() => database.outbox.where('state').equals('refused').toArray(), []);
  const [entries, setEntries] = useState<readonly OutboxEntry[]>([]);
  useEffect(() => {
    let wanted = true;
    Promise.all((rows ?? []).map((row) => openOutboxRow(key, row))).then(
      (opened) => wanted && setEntries(opened),
      reportError,
    );
    return () => {
      wanted = false;
    };
  }, [rows, key]);
  return entries;
}
