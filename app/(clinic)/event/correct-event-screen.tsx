import { useState } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import type { SavedDraft } from '../../../db/device/drafts.ts';
import { correctEvent } from '../../../lib/domain/event/correct-event.ts';
import { formContext } from '../../../lib/domain/event/event-answers.ts';
import { keysToAnswers, savedForm } from '../../../lib/form/answers.ts';
import { type FormDefinition, labelIn } from '../../../lib/form/definition.ts';
import { isDeleted, type StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { textOf } from '../clinic/clinic-records.tsx';
import { FormScreen } from '../form/form-screen.tsx';
import { FormStore } from '../form/form-store.ts';
import type { FormDraft } from '../form/saved-form.ts';
import { useDraft } from '../form/use-draft.ts';
import { useDraftedForm } from '../form/use-drafted-form.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { CorrectionReason, type Reason, reasonText } from './correction-reason.tsx';
import { seenStamps } from './seen-stamps.ts';

/** Corrects a saved form, in the version it was filled in with, and asks why. The earlier values stay readable. */
export function CorrectEventScreen({ chart, eventId }: { chart: Chart; eventId: string }) {
  const { t } = useText();
  const event = chart.records.find((one) => one.collection === 'events' && one.id === eventId);
  const draft = useDraft(eventId);
  const definition = useFormVersion(textOf(event, 'formVersionId'));
  if (event === undefined || isDeleted(event))
    return <EmptyState title={t('event.gone')}>{t('patient.goneHere')}</EmptyState>;
  if (draft === undefined || definition === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  if (definition === null)
    return (
      <EmptyState icon="form" title={t('form.gone')}>
        {t('form.goneHelp')}
      </EmptyState>
    );
  return <Correction chart={chart} event={event} definition={definition} draft={draft} />;
}

function Correction({
  chart,
  event,
  definition,
  draft,
}: {
  chart: Chart;
  event: StoredRecord;
  definition: FormDefinition;
  draft: SavedDraft<FormDraft> | null;
}) {
  const { t, language } = useText();
  const session = useSession();
  const { patientId } = chart;
  const visitId = String(event.values.visitId);
  const formVersionId = String(event.values.formVersionId);
  const href = `/c/patients/${patientId}/events/${event.id}`;
  const [reason, setReason] = useState<Reason>(draft?.content.reason ?? { code: null, words: '' });
  const [asked, setAsked] = useState(false);
  const [{ store, opened }] = useState(() => openCorrection(chart, event, visitId, definition, draft));
  const about = {
    kind: 'correction' as const,
    recordId: event.id,
    patientId,
    visitId,
    formId: String(event.values.formId),
    formVersionId,
    title: definition.title,
    opened,
  };
  const drafted = useDraftedForm(store, about, draft, reason);
  const save = async (): Promise<RunRefusal | null> => {
    setAsked(true);
    const why = reasonText(t, reason);
    if (why === null) {
      document.getElementById('correction-reason')?.focus();
      return null;
    }
    const filled = savedForm(definition, store.draft(), store.evaluation());
    const before = { seen: opened.seen, opened: opened.filled };
    const input = { eventId: event.id, patientId, visitId, formVersionId, filled, reason: why, ...before };
    return drafted.after(
      await runCommand(session, correctEvent, input, patientId),
      { title: t('event.corrected') },
      href,
    );
  };
  return (
    <FormScreen
      store={store}
      title={labelIn(definition.title, language, definition)}
      detail={t('event.correct')}
      back={{ href, label: t('action.back') }}
      drafted={drafted}
      onSave={save}
    >
      <Card title={t('correction.title')}>
        <CorrectionReason
          value={reason}
          onChange={setReason}
          error={asked && reasonText(t, reason) === null ? t('correction.needed') : undefined}
        />
      </Card>
    </FormScreen>
  );
}

/** The entry as it stood when the form opened, with what the editor saw. */
function openCorrection(
  chart: Chart,
  event: StoredRecord,
  visitId: string,
  definition: FormDefinition,
  draft: SavedDraft<FormDraft> | null,
) {
  const read = (ref: { collection: string; id: string }) =>
    chart.records.find((one) => one.collection === ref.collection && one.id === ref.id);
  const occurredOn = String(event.values.occurredOn);
  const context = formContext({ patientId: chart.patientId, visitId, occurredOn }, read);
  const opened = draft?.content.opened ?? { filled: keysToAnswers(event.values), seen: seenStamps(event) };
  return { store: new FormStore(definition, context, draft?.content.filled ?? opened.filled), opened };
}
