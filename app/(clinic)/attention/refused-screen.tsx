import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { formVersionOf } from '../../../lib/domain/form/form-version-of.ts';
import { type Change, isCreation } from '../../../lib/replication/change.ts';
import { recordLabel } from '../../../lib/text/record-label.ts';
import { refusalText } from '../../../lib/text/translate.ts';
import { type RefusedAction, useRefused } from '../../device/refused.ts';
import type { RunRefusal } from '../../device/run-command.ts';
import { useChart } from '../../device/watch.ts';
import { Banner } from '../../ui/banner.tsx';
import { Card } from '../../ui/card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { Facts } from '../event/facts.tsx';
import { refusalWords } from '../form/refusal-words.ts';
import { refusedSummary } from '../sync/refused-summary.ts';
import { isSelfEvident, nameOfPatient } from './attention-items.ts';
import { wordsOfChange } from './key-words.ts';
import { NothingToDecide } from './nothing-to-decide.tsx';
import { RefusedActs } from './refused-acts.tsx';
import { useReading } from './use-reading.ts';
import { WhoWhen } from './who-when.tsx';

/** One action that was not accepted: what it said, why it was refused, and what can be done. */
export function RefusedScreen({ actionId }: { actionId: string }) {
  const { t } = useText();
  const refused = useRefused();
  const found = refused?.find((one) => one.action.id === actionId);
  const patientId = found === undefined ? null : refusedSummary(found).patientId;
  const chart = useChart(patientId ?? '');
  if (refused === undefined || chart === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  if (found === undefined) return <NothingToDecide />;
  return <OneRefused key={actionId} refused={found} all={refused} chart={chart} patientId={patientId} />;
}

interface OneProps {
  readonly refused: RefusedAction;
  readonly all: readonly RefusedAction[];
  readonly chart: Chart | null;
  readonly patientId: string | null;
}

function OneRefused({ refused, all, chart, patientId }: OneProps) {
  const { t } = useText();
  const { actor } = useClinicRecords();
  const mayView = useAllowed('view-history');
  const [, go] = useLocation();
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const { code, at, author, collection } = refusedSummary(refused);
  const why = refusalText(t, code);
  const charts = new Map(chart === null ? [] : [[chart.patientId, chart]]);
  const name = nameOfPatient(patientId, charts, all);
  const words = refusal && refusalWords(t, refusal);
  return (
    <>
      <PageHeader
        title={patientId === null ? t('attention.noPatient') : <bdi>{name ?? t('patient.unnamed')}</bdi>}
        detail={
          <>
            <span className="block">
              {t('attention.about', { kind: t('attention.refused'), what: recordLabel(t, collection) })}
            </span>
            <WhoWhen authors={[author]} at={at} />
          </>
        }
        back={{ href: '/c/sync/attention', label: t('action.back') }}
      />
      {refused.settled === null ? (
        <Banner tone="danger" title={why.title}>
          {why.remedy}
        </Banner>
      ) : (
        <Settled refused={refused} />
      )}
      {mayView || author === actor?.userId ? (
        <Content refused={refused} chart={chart} />
      ) : (
        <Banner title={t('attention.hidden')}>{t('attention.hiddenHelp')}</Banner>
      )}
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
      {refused.settled === null && (
        <RefusedActs
          refused={refused}
          chart={chart}
          patientId={patientId}
          onRefused={setRefusal}
          onDone={() => go('/c/sync/attention', { replace: true })}
        />
      )}
    </>
  );
}

function Settled({ refused: { settled } }: { refused: RefusedAction }) {
  const { t } = useText();
  if (settled === null) return null;
  return (
    <Banner tone="success" title={t(settled.how === 'discarded' ? 'attention.discarded' : 'attention.sentAgain')}>
      <WhoWhen authors={[settled.by]} at={new Date(settled.atMs).toISOString()} />
      <p>{t('attention.keptDays')}</p>
    </Banner>
  );
}

/** What it said, record by record, as it would be read in the chart. What belongs to it by itself is left out. */
function Content({ refused, chart }: { refused: RefusedAction; chart: Chart | null }) {
  const told = refused.action.changes.filter(({ collection }) => !isSelfEvident(collection));
  return told.map((change) => <ChangeCard key={change.id} change={change} chart={chart} />);
}

function ChangeCard({ change, chart }: { change: Change; chart: Chart | null }) {
  const { t } = useText();
  const readingOf = useReading();
  if (readingOf === undefined) return null;
  const { collection, fields, kind, reason } = change;
  const held = chart?.records.find((one) => one.collection === collection && one.id === change.recordId);
  const reading = readingOf(formVersionOf({ ...held?.values, ...fields }));
  // A clearing is a value as well: only a record that was to be made is told without what it leaves empty.
  const made = isCreation(change);
  const words = wordsOfChange(reading, collection, fields);
  const told = made ? words.filter(({ text }) => text !== null) : words;
  const what = { kind: t(`portal.change.${made ? 'created' : kind}`), what: recordLabel(t, collection) };
  return (
    <Card title={t('attention.about', what)}>
      {told.length > 0 && (
        <Facts facts={told.map(({ key, label, text }) => ({ key, label, value: text ?? t('attention.noValue') }))} />
      )}
      {reason !== null && (
        <p className="pt-3 text-sm">
          {t('history.reason')}: <bdi>{reason}</bdi>
        </p>
      )}
      {told.length === 0 && reason === null && <p className="text-text-2">{t('attention.noValue')}</p>}
    </Card>
  );
}
