import { useEffect, useState } from 'react';
import { keysToAnswers } from '../../../lib/form/answers.ts';
import { type FormDefinition, type FormField, labelIn } from '../../../lib/form/definition.ts';
import { otherKey } from '../../../lib/form/filled-form.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { formatInstant } from '../../../lib/text/format.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import {
  fetchHistory,
  type HistoryEntry,
  joinHistories,
  readOwnHistory,
  type ServerHistory,
} from '../../device/history.ts';
import { database, useSession } from '../../device/phone.ts';
import { Banner } from '../../ui/banner.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { answerText } from '../form/answer-text.ts';
import { entriesOfAnswer } from './answer-history.ts';

/** What an answer was, who changed it, when and why: from this phone at once, from the server when it can be reached. */
export function HistorySheet({
  record,
  field,
  definition,
  onClose,
}: {
  record: StoredRecord;
  field: FormField;
  definition: FormDefinition;
  onClose: () => void;
}) {
  const { t, language } = useText();
  const { own, server } = useHistory(record);
  const entries = own && entriesOfAnswer(joinHistories(own, server?.ok ? server.entries : []), field.id);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('history.title')}
      description={labelIn(field.label, language, definition)}
      closeText={t('action.close')}
    >
      {entries === undefined ? (
        <Skeleton label={t('app.loading')} />
      ) : entries.length === 0 ? (
        <p>{t('history.noneHere')}</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {entries.map((entry) => (
            <EntryView key={entry.id} entry={entry} field={field} definition={definition} />
          ))}
        </ol>
      )}
      {server !== undefined && !server.ok && (
        <Banner title={server.why === 'offline' ? t('history.offline') : t('history.unavailable')}>
          {t('history.onlyHere')}
        </Banner>
      )}
    </Sheet>
  );
}

function EntryView({
  entry,
  field,
  definition,
}: {
  entry: HistoryEntry;
  field: FormField;
  definition: FormDefinition;
}) {
  const { t, language } = useText();
  const { users, timeZone } = useClinicRecords();
  const { answers, missing } = keysToAnswers(entry.fields);
  const reason = missing[field.id];
  const text =
    answerText({ t, language, definition, timeZone }, field, answers[field.id], answers[otherKey(field.id)]) ??
    (reason ? codeLabel(t, 'missing', reason) : t('history.cleared'));
  const who = users.get(entry.author) ?? entry.authorName ?? t('app.unknown');
  return (
    <li className="rounded-2 border border-border p-3">
      <p className="font-semibold">
        <bdi>{text}</bdi>
      </p>
      <p className="text-sm text-text-2">
        <bdi>{t('event.recordedByAt', { name: who, when: formatInstant(language, entry.at, timeZone) })}</bdi>
      </p>
      {entry.reason !== null && (
        <p className="text-sm">
          {t('history.reason')}: <bdi>{entry.reason}</bdi>
        </p>
      )}
      {!entry.sent && <p className="text-sm text-warning">{t('sync.state.phoneOnly')}</p>}
    </li>
  );
}

function useHistory({ collection, id }: StoredRecord) {
  const { key, bearer } = useSession();
  const [own, setOwn] = useState<readonly HistoryEntry[] | undefined>(undefined);
  const [server, setServer] = useState<ServerHistory | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    const ref = { collection, id };
    readOwnHistory(database, key, ref).then((entries) => wanted && setOwn(entries), reportError);
    fetchHistory(bearer, ref).then((answer) => wanted && setServer(answer), reportError);
    return () => {
      wanted = false;
    };
  }, [key, bearer, collection, id]);
  return { own, server };
}
