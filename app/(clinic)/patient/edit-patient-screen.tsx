import { useState } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import type { SavedDraft } from '../../../db/device/drafts.ts';
import { editPatient } from '../../../lib/domain/patient/edit-patient.ts';
import { patients } from '../../../lib/domain/patient/patient.ts';
import { savedForm } from '../../../lib/form/answers.ts';
import type { FormDefinition } from '../../../lib/form/definition.ts';
import { EMPTY_FORM, type FilledForm } from '../../../lib/form/filled-form.ts';
import { joinRegistrationAnswers } from '../../../lib/form/registration.ts';
import { fieldsOf } from '../../../lib/replication/declaration.ts';
import type { Json } from '../../../lib/replication/json.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { useRecords } from '../../device/watch.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { seenStamps } from '../event/seen-stamps.ts';
import { FormScreen } from '../form/form-screen.tsx';
import { FormStore } from '../form/form-store.ts';
import type { FormDraft } from '../form/saved-form.ts';
import { useDraft } from '../form/use-draft.ts';
import { useDraftedForm } from '../form/use-drafted-form.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { type CurrentForm, registrationForm } from './registration-version.ts';

/** Changes what is known of a patient, with the clinic's current registration form. */
export function EditPatientScreen({ chart }: { chart: Chart }) {
  const { t } = useText();
  const { registrationFormId } = useClinicRecords();
  const forms = useRecords('forms');
  const draft = useDraft(chart.patientId);
  const form = forms && registrationForm(forms, registrationFormId);
  const definition = useFormVersion(draft?.content.formVersionId ?? form?.versionId ?? null);
  const patient = chart.records.find((one) => one.collection === 'patients');
  if (draft === undefined || forms === undefined || definition === undefined)
    return <Skeleton label={t('app.loading')} lines={6} />;
  if (!form || definition === null || patient === undefined)
    return (
      <EmptyState icon="form" title={t('patient.noForm')}>
        {t('patient.noFormHelp')}
      </EmptyState>
    );
  return <EditForm patient={patient} form={form} definition={definition} draft={draft} />;
}

function EditForm({
  patient,
  form,
  definition,
  draft,
}: {
  patient: StoredRecord;
  form: CurrentForm;
  definition: FormDefinition;
  draft: SavedDraft<FormDraft> | null;
}) {
  const { t } = useText();
  const session = useSession();
  const { today } = useClinicRecords();
  const href = `/c/patients/${patient.id}`;
  // What stood in the record when the form opened: an edit says what it replaces.
  const [{ store, opened }] = useState(() => {
    const opened = draft?.content.opened ?? { filled: answersOf(definition, patient), seen: seenStamps(patient) };
    const store = new FormStore(definition, { occurredOn: today }, draft?.content.filled ?? opened.filled);
    return { store, opened };
  });
  const formVersionId = draft?.content.formVersionId ?? form.versionId;
  const about = {
    kind: 'patient' as const,
    recordId: patient.id,
    patientId: patient.id,
    visitId: null,
    formId: form.formId,
    formVersionId,
    title: definition.title,
    opened,
  };
  const drafted = useDraftedForm(store, about, draft);
  const save = async (): Promise<RunRefusal | null> => {
    const filled = savedForm(definition, store.draft(), store.evaluation());
    const input = { patientId: patient.id, formVersionId, filled, seen: opened.seen, opened: opened.filled };
    return drafted.after(
      await runCommand(session, editPatient, input, patient.id),
      { title: t('patient.edited') },
      href,
    );
  };
  return (
    <FormScreen
      store={store}
      title={t('patient.edit')}
      back={{ href, label: t('action.back') }}
      drafted={drafted}
      onSave={save}
    />
  );
}

function answersOf(definition: FormDefinition, patient: StoredRecord): FilledForm {
  const base = fieldsOf(patients, patient.values);
  const attributes = (base.attributes ?? {}) as Readonly<Record<string, Json>>;
  return { ...EMPTY_FORM, answers: joinRegistrationAnswers(definition, { base, attributes }) };
}
