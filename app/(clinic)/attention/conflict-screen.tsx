import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { openConflicts } from '../../../lib/domain/conflict/conflict.ts';
import { resolveConflict } from '../../../lib/domain/conflict/resolve-conflict.ts';
import { undoShown } from '../../../lib/domain/conflict/undo-review.ts';
import { isUuid } from '../../../lib/domain/identity.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { useChart } from '../../device/watch.ts';
import { Banner } from '../../ui/banner.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { CorrectionReason, type Reason, reasonText } from '../event/correction-reason.tsx';
import { refusalWords } from '../form/refusal-words.ts';
import { nameOfPatient } from './attention-items.ts';
import { type Decision, DeletionQuestion, ReviewQuestion, ValueQuestion } from './conflict-questions.tsx';
import { conflictTitle } from './conflict-title.ts';
import { type ConflictView, conflictView, mayDecide, needsReason } from './conflict-view.ts';
import { NothingToDecide } from './nothing-to-decide.tsx';
import { useReading } from './use-reading.ts';

/** One conflict: both sides, who wrote them and when, and the decision. */
export function ConflictScreen({ patientId, conflictId }: { patientId: string; conflictId: string }) {
  const { t } = useText();
  const mayView = useAllowed('view-history');
  const chart = useChart(isUuid(patientId) ? patientId : '');
  if (chart === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  const found = mayView ? openConflicts(chart?.records ?? []).find((one) => one.id === conflictId) : undefined;
  const view = found === undefined ? null : conflictView(found);
  const record = chart?.records.find((one) => one.collection === view?.collection && one.id === view.recordId);
  if (chart === null || view === null || record === undefined) return <NothingToDecide />;
  return <OpenConflict key={view.id} chart={chart} conflict={found!} view={view} record={record} />;
}

interface OpenProps {
  readonly chart: Chart;
  readonly conflict: StoredRecord;
  readonly view: ConflictView;
  readonly record: StoredRecord;
}

function OpenConflict({ chart, conflict, view, record }: OpenProps) {
  const { t } = useText();
  const session = useSession();
  const toast = useToast();
  const [, go] = useLocation();
  const { actor, clinicId } = useClinicRecords();
  const readingOf = useReading();
  const [reason, setReason] = useState<Reason>({ code: null, words: '' });
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const at = new Date().toISOString();
  const may = actor !== null && mayDecide(view, record, actor, clinicId, at);
  const collection = collectionNamed(view.collection);
  const isReview = view.kind === 'review' && may && collection !== undefined;
  const undo = isReview ? undoShown(conflict, collection, record, { actor, clinicId, at }) : null;
  const wantsReason = undo === null ? needsReason(view, record) : undo.possible && undo.needsReason;
  const why = wantsReason ? reasonText(t, reason) : null;
  const decide = async (decision: Decision) => {
    // A review that is left changes nothing: nobody asks why.
    const isLeft = view.kind === 'review' && decision.keep === 'kept';
    setAsked(!isLeft);
    if (wantsReason && !isLeft && why === null) return document.getElementById('correction-reason')?.focus();
    setBusy(true);
    const { collection: name, recordId } = view;
    const input = { conflictId: view.id, collection: name, recordId, decision, reason: isLeft ? null : why };
    const result = await runCommand(session, resolveConflict, input, chart.patientId).finally(() => setBusy(false));
    if (!result.ok) return setRefusal(result.refusal);
    toast({ title: t('attention.resolved'), detail: t('sync.state.phoneHelp') });
    go('/c/sync/attention', { replace: true });
  };
  if (readingOf === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  const name = nameOfPatient(chart.patientId, new Map([[chart.patientId, chart]]), []);
  const words = refusal && refusalWords(t, refusal);
  const question = {
    view,
    record,
    records: chart.records,
    readingOf,
    may,
    undo,
    busy,
    onDecide: (one: Decision) => void decide(one),
  };
  return (
    <>
      <PageHeader
        title={<bdi>{name ?? t('patient.unnamed')}</bdi>}
        detail={conflictTitle(readingOf, view, chart.records)}
        back={{ href: '/c/sync/attention', label: t('action.back') }}
        actions={<ButtonLink href={`/c/patients/${chart.patientId}`}>{t('attention.openRecord')}</ButtonLink>}
      />
      <p>{t(`attention.explain.${view.kind}`)}</p>
      {!may && (
        <Banner tone="warning" title={t('attention.mayNot')}>
          {t(view.kind === 'review' ? 'attention.mayNotReview' : 'attention.mayNotHelp')}
        </Banner>
      )}
      {may && wantsReason && (
        <Card title={t('correction.title')}>
          <CorrectionReason
            value={reason}
            onChange={setReason}
            error={asked && why === null ? t('correction.needed') : undefined}
          />
        </Card>
      )}
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
      {view.kind === 'parallel-edit' && <ValueQuestion {...question} />}
      {view.kind === 'edit-and-delete' && <DeletionQuestion {...question} />}
      {view.kind === 'review' && <ReviewQuestion {...question} />}
    </>
  );
}
