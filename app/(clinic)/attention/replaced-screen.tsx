import { useLocation } from 'wouter';
import { forgetReplaced, keepReplaced, type Replaced } from '../../../db/device/replaced.ts';
import { formVersionOf } from '../../../lib/domain/form/form-version-of.ts';
import { lostKeys } from '../../../lib/replication/healing.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { recordLabel } from '../../../lib/text/record-label.ts';
import { database } from '../../device/phone.ts';
import { useReplaced } from '../../device/replaced.ts';
import { useChart } from '../../device/watch.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAllowed } from '../clinic/clinic-records.tsx';
import { Facts } from '../event/facts.tsx';
import { isSelfEvident, NOBODY, nameIn } from './attention-items.ts';
import { type Reading, wordsOfFields } from './key-words.ts';
import { NothingToDecide } from './nothing-to-decide.tsx';
import { useReading } from './use-reading.ts';

/** What was on this phone and is not on the server, of one patient: shown until somebody has seen it. */
export function ReplacedScreen({ patientId }: { patientId: string }) {
  const { t } = useText();
  const replaced = useReplaced();
  const chart = useChart(patientId);
  const mayView = useAllowed('view-history');
  if (replaced === undefined || chart === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  const found = mayView ? replaced.find((one) => (one.patientId ?? NOBODY) === patientId) : undefined;
  if (found === undefined) return <NothingToDecide />;
  const isPatient = chart === null && found.records.some(({ collection }) => collection === 'patients');
  const held = chart?.records ?? [];
  const name = nameIn(held) ?? nameIn(found.records) ?? t('patient.unnamed');
  return (
    <>
      <PageHeader
        title={found.patientId === null ? t('attention.noPatient') : <bdi>{name}</bdi>}
        back={{ href: '/c/sync/attention', label: t('action.back') }}
        actions={
          chart !== null && <ButtonLink href={`/c/patients/${patientId}`}>{t('attention.openRecord')}</ButtonLink>
        }
      />
      <Banner tone="warning" title={t('attention.replacedTitle')}>
        {t(isPatient ? 'attention.replacedPatientHelp' : 'attention.replacedHelp')}
      </Banner>
      <Records records={found.records} held={held} />
      <Seen replaced={found} />
    </>
  );
}

function Records({ records, held }: { records: readonly StoredRecord[]; held: readonly StoredRecord[] }) {
  const { t } = useText();
  const readingOf = useReading();
  if (readingOf === undefined) return <Skeleton label={t('app.loading')} lines={4} />;
  const told = records.filter(({ collection }) => !isSelfEvident(collection));
  return told.map((record, at) => {
    const now = held.find((one) => refKey(one) === refKey(record));
    const words = lostWords(readingOf(formVersionOf(record.values)), record, now);
    return (
      <Card key={String(at)} title={recordLabel(t, record.collection)}>
        {words.length > 0 ? (
          <Facts facts={words.map(({ key, label, text }) => ({ key, label, value: text }))} />
        ) : (
          <p className="text-text-2">{t('attention.noValue')}</p>
        )}
      </Card>
    );
  });
}

/** What of it is nowhere in the record any more. */
function lostWords(reading: Reading, record: StoredRecord, now: StoredRecord | undefined) {
  const lost = lostKeys(record, now).map((key) => [key, record.values[key] ?? null]);
  return wordsOfFields(reading, record.collection, Object.fromEntries(lost));
}

function Seen({ replaced: { rows } }: { replaced: Replaced }) {
  const { t } = useText();
  const toast = useToast();
  const [, go] = useLocation();
  const forget = async () => {
    await forgetReplaced(database, rows);
    const undo = () => void keepReplaced(database, rows);
    toast({ title: t('attention.replacedRemoved'), action: { label: t('action.undo'), onSelect: undo } });
    go('/c/sync/attention', { replace: true });
  };
  return (
    <Button icon="check" wide onClick={() => void forget()}>
      {t('attention.replacedRemove')}
    </Button>
  );
}
