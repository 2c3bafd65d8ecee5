import { useEffect, useState } from 'react';
import { Redirect } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { listDrafts, type SavedDraft } from '../../../db/device/drafts.ts';
import { formContext } from '../../../lib/domain/event/event-answers.ts';
import { recordEvent } from '../../../lib/domain/event/record-event.ts';
import { isUuid } from '../../../lib/domain/identity.ts';
import { patientOfChart } from '../../../lib/domain/patient/patient-card.ts';
import { keysToAnswers, savedForm } from '../../../lib/form/answers.ts';
import { type FormDefinition, labelIn } from '../../../lib/form/definition.ts';
import { startDraft } from '../../../lib/form/draft.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { newId } from '../../device/new-id.ts';
import { database, useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { useRecords } from '../../device/watch.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { FormScreen } from '../form/form-screen.tsx';
import { FormStore } from '../form/form-store.ts';
import { PreviousDateContext } from '../form/previous-date.ts';
import { SavedBefore } from '../form/saved-before.tsx';
import type { FormDraft } from '../form/saved-form.ts';
import { useDraft } from '../form/use-draft.ts';
import { useDraftedForm } from '../form/use-drafted-form.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { patientName } from '../patient/patient-name.ts';
import { previousEntry } from './form-choices.ts';

interface FillProps {
  readonly chart: Chart;
  readonly visitId: string;
  readonly formId: string;
}

/** Fills a form of a visit. The new entry's id stands in the address, so a reload comes back to what was typed. */
export function FillFormScreen({ eventId, ...about }: FillProps & { eventId: string | null }) {
  if (eventId === null || !isUuid(eventId)) return <NewEntry {...about} />;
  return <Entry key={eventId} eventId={eventId} {...about} />;
}

/** Goes on with the draft of this form in this visit, else begins one. */
function NewEntry({ chart, visitId, formId }: FillProps) {
  const { t } = useText();
  const { key, userId } = useSession();
  const [id, setId] = useState<string | null>(null);
  useEffect(() => {
    listDrafts<FormDraft>(database, key, userId)
      .then(
        (drafts) =>
          drafts.find(
            ({ content }) => content.kind === 'event' && content.visitId === visitId && content.formId === formId,
          )?.id ?? newId(),
      )
      .then(setId, reportError);
  }, [key, userId, visitId, formId]);
  if (id === null) return <Skeleton label={t('app.loading')} />;
  return <Redirect to={`/c/patients/${chart.patientId}/visits/${visitId}/forms/${formId}/${id}`} replace />;
}

function Entry({ chart, visitId, formId, eventId }: FillProps & { eventId: string }) {
  const { t } = useText();
  const forms = useRecords('forms');
  const draft = useDraft(eventId);
  const form = forms?.find((one) => one.id === formId);
  const current = form?.values.currentVersionId;
  const versionId = draft?.content.formVersionId ?? (typeof current === 'string' ? current : null);
  const definition = useFormVersion(versionId);
  const visit = chart.records.find((one) => one.collection === 'visits' && one.id === visitId);
  const [savedBefore] = useState(() => chart.records.some((one) => one.id === eventId));
  if (savedBefore) return <SavedBefore recordId={eventId} href={`/c/patients/${chart.patientId}/events/${eventId}`} />;
  if (forms === undefined || draft === undefined || definition === undefined)
    return <Skeleton label={t('app.loading')} lines={6} />;
  if (visit === undefined) return <EmptyState title={t('visit.gone')}>{t('patient.goneHere')}</EmptyState>;
  if (definition === null || versionId === null)
    return (
      <EmptyState icon="form" title={t('form.gone')}>
        {t('form.goneHelp')}
      </EmptyState>
    );
  return (
    <EntryForm
      chart={chart}
      visit={visit}
      formId={formId}
      formVersionId={versionId}
      eventId={eventId}
      definition={definition}
      draft={draft}
    />
  );
}

function EntryForm({
  chart,
  visit,
  formId,
  formVersionId,
  eventId,
  definition,
  draft,
}: {
  chart: Chart;
  visit: StoredRecord;
  formId: string;
  formVersionId: string;
  eventId: string;
  definition: FormDefinition;
  draft: SavedDraft<FormDraft> | null;
}) {
  const { t, language } = useText();
  const session = useSession();
  const { patientId } = chart;
  const [{ store, previousOn }] = useState(() => openForm(chart, visit, formId, eventId, definition, draft));
  const about = {
    kind: 'event' as const,
    recordId: eventId,
    patientId,
    visitId: visit.id,
    formId,
    formVersionId,
    title: definition.title,
  };
  const drafted = useDraftedForm(store, about, draft);
  const href = `/c/patients/${patientId}/visits`;
  const save = async (): Promise<RunRefusal | null> => {
    const filled = savedForm(definition, store.draft(), store.evaluation());
    const input = { eventId, patientId, visitId: visit.id, formId, formVersionId, filled };
    const result = await runCommand(session, recordEvent, input, patientId);
    return drafted.after(result, { title: t('event.recorded'), detail: t('sync.state.phoneHelp') }, href);
  };
  const patient = patientOfChart(chart.records);
  return (
    <PreviousDateContext value={previousOn}>
      <FormScreen
        store={store}
        title={labelIn(definition.title, language, definition)}
        detail={<bdi>{(patient && patientName(patient)) ?? t('patient.unnamed')}</bdi>}
        back={{ href, label: t('action.back') }}
        drafted={drafted}
        onSave={save}
      />
    </PreviousDateContext>
  );
}

/** The form as it stands when it is opened: about whom, with what was answered last time, and the draft if there is one. */
function openForm(
  chart: Chart,
  visit: StoredRecord,
  formId: string,
  eventId: string,
  definition: FormDefinition,
  draft: SavedDraft<FormDraft> | null,
): { store: FormStore; previousOn: string | null } {
  const read = (ref: { collection: string; id: string }) =>
    chart.records.find((one) => one.collection === ref.collection && one.id === ref.id);
  const occurredOn = String(visit.values.occurredOn);
  const last = previousEntry(chart.records, formId, eventId);
  const about = formContext({ patientId: chart.patientId, visitId: visit.id, occurredOn }, read);
  const context = last === null ? about : { ...about, previous: keysToAnswers(last.values).answers };
  const store = new FormStore(definition, context, draft?.content.filled ?? startDraft(definition, context));
  return { store, previousOn: last === null ? null : String(last.values.occurredOn) };
}
