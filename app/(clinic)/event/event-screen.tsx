import { useState } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import { disputedDeletions } from '../../../lib/domain/conflict/conflict.ts';
import { formContext } from '../../../lib/domain/event/event-answers.ts';
import { keysToAnswers } from '../../../lib/form/answers.ts';
import { type FormDefinition, type FormField, labelIn, SILENT_TYPES } from '../../../lib/form/definition.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { type FilledForm, otherKey, rowsInOrder } from '../../../lib/form/filled-form.ts';
import { isDeleted, refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { formatInstant } from '../../../lib/text/format.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { useRecords } from '../../device/watch.ts';
import { Banner } from '../../ui/banner.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ConflictMarks } from '../attention/conflict-mark.tsx';
import { textOf, useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { answerText } from '../form/answer-text.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { RecordPlace } from '../sync/record-place.tsx';
import { type Fact, Facts } from './facts.tsx';
import { HistorySheet } from './history-sheet.tsx';

/** A saved form, read with the version it was filled in with. */
export function EventScreen({ chart, eventId }: { chart: Chart; eventId: string }) {
  const { t } = useText();
  const event = chart.records.find((one) => one.collection === 'events' && one.id === eventId);
  const definition = useFormVersion(textOf(event, 'formVersionId'));
  const mayView = useAllowed('view-history');
  const gone = event !== undefined && isDeleted(event) && !disputedDeletions(chart.records).has(refKey(event));
  if (event === undefined || gone || !mayView)
    return <EmptyState title={t('event.gone')}>{t('patient.goneHere')}</EmptyState>;
  if (definition === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  return <SavedEntry chart={chart} event={event} definition={definition} />;
}

function SavedEntry({
  chart,
  event,
  definition,
}: {
  chart: Chart;
  event: StoredRecord;
  definition: FormDefinition | null;
}) {
  const { t, language } = useText();
  const { users, timeZone } = useClinicRecords();
  const forms = useRecords('forms');
  const mayCorrect = useMayCorrect(
    event,
    forms?.find((one) => one.id === event.values.formId),
  );
  const [asked, setAsked] = useState<FormField | null>(null);
  const current = forms?.find((one) => one.id === event.values.formId)?.values.currentVersionId;
  const name = users.get(textOf(event, 'providerId') ?? '') ?? t('app.unknown');
  const when = formatInstant(language, String(event.values.occurredAt), timeZone);
  return (
    <>
      <PageHeader
        title={definition === null ? t('event.one') : labelIn(definition.title, language, definition)}
        detail={<bdi>{t('event.recordedByAt', { name, when })}</bdi>}
        back={{ href: `/c/patients/${chart.patientId}/visits`, label: t('action.back') }}
        actions={
          mayCorrect &&
          !isDeleted(event) &&
          definition !== null && (
            <ButtonLink icon="edit" href={`/c/patients/${chart.patientId}/events/${event.id}/correct`}>
              {t('event.correct')}
            </ButtonLink>
          )
        }
      />
      <div className="flex flex-wrap gap-2">
        <RecordPlace unsent={chart.unsent.has(refKey(event))} of={[event]} />
        <ConflictMarks chart={chart} about={event} />
      </div>
      {definition !== null && current !== undefined && current !== event.values.formVersionId && (
        <Banner title={t('form.olderVersion')} />
      )}
      {definition === null ? (
        <Banner tone="warning" title={t('form.versionMissing')} />
      ) : (
        <Answers chart={chart} event={event} definition={definition} onHistory={setAsked} />
      )}
      {asked !== null && definition !== null && (
        <HistorySheet record={event} field={asked} definition={definition} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

/** The forms's own word (may it be edited after saving), then the user's rights. */
function useMayCorrect(event: StoredRecord, form: StoredRecord | undefined): boolean {
  const clinicId = textOf(event, 'clinicId') ?? undefined;
  const { actor } = useClinicRecords();
  const mayEdit = useAllowed('edit-records', clinicId);
  const mayEditOthers = useAllowed('edit-other-provider-events', clinicId);
  const own = event.values.providerId === actor?.userId;
  return form?.values.editable !== false && mayEdit && (own || mayEditOthers);
}

function Answers({
  chart,
  event,
  definition,
  onHistory,
}: {
  chart: Chart;
  event: StoredRecord;
  definition: FormDefinition;
  onHistory: (field: FormField) => void;
}) {
  const { t, language } = useText();
  const { timeZone } = useClinicRecords();
  const reading = { t, language, definition, timeZone };
  const filled = keysToAnswers(event.values);
  const evaluation = evaluateForm(definition, filled.answers, contextOf(chart, event));
  return definition.pages.map((page) => {
    const facts = page.fields.flatMap((field): Fact[] => {
      if (SILENT_TYPES.has(field.type) || field.visible === false) return [];
      const missing = filled.missing[field.id];
      const value =
        answerText(
          reading,
          field,
          // As it was saved: worked out anew it would follow a birth date that was corrected since.
          filled.answers[field.id] ?? evaluation.values[field.id],
          filled.answers[otherKey(field.id)],
        ) ??
        (missing && codeLabel(t, 'missing', missing));
      if (!value) return [];
      const label = labelIn(field.label, language, definition);
      return [
        {
          key: field.id,
          label,
          value: field.type === 'repeat' ? <RepeatRows field={field} filled={filled} definition={definition} /> : value,
          action: <IconButton icon="history" label={t('history.openOf', { label })} onClick={() => onHistory(field)} />,
        },
      ];
    });
    if (facts.length === 0) return null;
    return (
      <Card key={page.id} title={labelIn(page.title, language, definition) || t('form.answers')}>
        <Facts facts={facts} />
      </Card>
    );
  });
}

function RepeatRows({
  field,
  filled,
  definition,
}: {
  field: Extract<FormField, { type: 'repeat' }>;
  filled: FilledForm;
  definition: FormDefinition;
}) {
  const { t, language } = useText();
  const { timeZone } = useClinicRecords();
  const reading = { t, language, definition, timeZone };
  return (
    <ol className="list-decimal ps-5 font-normal">
      {rowsInOrder(filled.answers[field.id]).map(([rowId, row]) => (
        <li key={rowId}>
          {field.fields
            .flatMap((inner) => {
              const text = answerText(reading, inner, row[inner.id], row[otherKey(inner.id)]);
              return text === null ? [] : [`${labelIn(inner.label, language, definition)}: ${text}`];
            })
            .join(' · ')}
        </li>
      ))}
    </ol>
  );
}

function contextOf(chart: Chart, event: StoredRecord) {
  const read = (ref: { collection: string; id: string }) =>
    chart.records.find((one) => one.collection === ref.collection && one.id === ref.id);
  const { visitId, occurredOn } = event.values;
  return formContext({ patientId: chart.patientId, visitId: String(visitId), occurredOn: String(occurredOn) }, read);
}
