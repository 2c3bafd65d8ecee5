import { useEffect, useMemo, useState } from 'react';
import { Redirect } from 'wouter';
import { listDrafts, type SavedDraft } from '../../../db/device/drafts.ts';
import { humanCode } from '../../../lib/domain/human-code.ts';
import { isUuid } from '../../../lib/domain/identity.ts';
import { registerPatient } from '../../../lib/domain/patient/register-patient.ts';
import { savedForm } from '../../../lib/form/answers.ts';
import { type FormDefinition, labelIn } from '../../../lib/form/definition.ts';
import { startDraft } from '../../../lib/form/draft.ts';
import { splitRegistrationAnswers } from '../../../lib/form/registration.ts';
import { newId } from '../../device/new-id.ts';
import { database, type OpenSession, useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { useChart, useRecords } from '../../device/watch.ts';
import { askIndex } from '../../device/workers.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { FormScreen } from '../form/form-screen.tsx';
import { FormStore } from '../form/form-store.ts';
import { openForms, useOpenForm } from '../form/open-forms.ts';
import { SavedBefore } from '../form/saved-before.tsx';
import type { FormDraft } from '../form/saved-form.ts';
import { useDraft } from '../form/use-draft.ts';
import { useDraftedForm } from '../form/use-drafted-form.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { duplicateCandidate } from './duplicate-candidate.ts';
import { type Duplicate, DuplicatesSheet } from './duplicates-sheet.tsx';
import { type CurrentForm, registrationForm } from './registration-version.ts';

/** Registers a patient. The new id stands in the address, so a reload comes back to the same person. */
export function RegisterScreen({ patientId }: { patientId: string | null }) {
  if (patientId === null || !isUuid(patientId)) return <NewRegistration />;
  return <Registration key={patientId} patientId={patientId} />;
}

/** Goes on with the registration that was left, else begins one. */
function NewRegistration() {
  const session = useSession();
  const [id, setId] = useState<string | null>(null);
  useEffect(() => {
    leftRegistration(session)
      .then((left) => left ?? unusedId())
      .then(setId, reportError);
  }, [session]);
  const { t } = useText();
  return id === null ? <Skeleton label={t('app.loading')} /> : <Redirect to={`/c/register/${id}`} replace />;
}

/** Not one that is being filled in in another tab: two people typed into one draft would be one patient. */
async function leftRegistration({ key, userId }: OpenSession): Promise<string | null> {
  const drafts = await listDrafts<FormDraft>(database, key, userId);
  const open = await openForms();
  return drafts.find(({ id, content }) => content.kind === 'registration' && !open.has(id))?.id ?? null;
}

/** An id whose ten digits no patient of this phone has: people read them to one another. */
async function unusedId(): Promise<string> {
  for (;;) {
    const id = newId();
    const code = humanCode(id);
    const found = await askIndex((index) => index.search(code, 5));
    if (found.every((card) => humanCode(card.id) !== code)) return id;
  }
}

function Registration({ patientId }: { patientId: string }) {
  const { t } = useText();
  const { registrationFormId } = useClinicRecords();
  useOpenForm(patientId);
  const forms = useRecords('forms');
  const chart = useChart(patientId);
  const draft = useDraft(patientId);
  const current = useMemo(() => forms && registrationForm(forms, registrationFormId), [forms, registrationFormId]);
  const form: CurrentForm | null | undefined = draft
    ? { formId: draft.content.formId, versionId: draft.content.formVersionId }
    : current;
  const definition = useFormVersion(form?.versionId ?? null);
  // Visits of a patient whose registration was refused are no sign of him.
  if (chart?.records.some((one) => one.collection === 'patients'))
    return <SavedBefore recordId={patientId} href={`/c/patients/${patientId}`} />;
  if (chart === undefined || draft === undefined || forms === undefined || definition === undefined)
    return <Skeleton label={t('app.loading')} lines={6} />;
  if (!form || definition === null)
    return (
      <EmptyState icon="form" title={t('patient.noForm')}>
        {t('patient.noFormHelp')}
      </EmptyState>
    );
  return <RegistrationForm patientId={patientId} form={form} definition={definition} draft={draft} />;
}

function RegistrationForm({
  patientId,
  form,
  definition,
  draft,
}: {
  patientId: string;
  form: CurrentForm;
  definition: FormDefinition;
  draft: SavedDraft<FormDraft> | null;
}) {
  const { t, language } = useText();
  const session = useSession();
  const { today, clinicId } = useClinicRecords();
  const [alike, setAlike] = useState<readonly Duplicate[]>([]);
  const [store] = useState(() => {
    const context = { occurredOn: today };
    const begun = draft?.content.filled ?? withHomeClinic(definition, startDraft(definition, context), clinicId);
    return new FormStore(definition, context, begun);
  });
  const about = {
    kind: 'registration' as const,
    recordId: patientId,
    patientId,
    visitId: null,
    formId: form.formId,
    formVersionId: form.versionId,
    title: definition.title,
  };
  const drafted = useDraftedForm(store, about, draft);
  const register = async (): Promise<RunRefusal | null> => {
    const filled = savedForm(definition, store.draft(), store.evaluation());
    const input = { patientId, formVersionId: form.versionId, filled };
    const result = await runCommand(session, registerPatient, input, patientId);
    const said = { title: t('patient.registered'), detail: t('sync.state.phoneHelp') };
    return drafted.after(result, said, `/c/patients/${patientId}`);
  };
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const save = async (): Promise<RunRefusal | null> => {
    const { base } = splitRegistrationAnswers(definition, store.evaluation().values);
    const found = await askIndex((index) => index.duplicates(duplicateCandidate(base, patientId)));
    if (found.length === 0) return register();
    setAlike(found.slice(0, 5));
    return null;
  };
  return (
    <>
      <FormScreen
        store={store}
        title={labelIn(definition.title, language, definition)}
        detail={t('patient.registerNew')}
        back={{ href: '/c', label: t('action.back') }}
        drafted={drafted}
        onSave={save}
        refused={refusal}
      />
      {alike.length > 0 && (
        <DuplicatesSheet
          found={alike}
          onClose={() => setAlike([])}
          onRegister={() => {
            setAlike([]);
            register().then(setRefusal, reportError);
          }}
        />
      )}
    </>
  );
}

/** The clinic where one is, filled in beforehand when the form asks for it. */
function withHomeClinic(definition: FormDefinition, draft: ReturnType<typeof startDraft>, clinicId: string) {
  const asked = definition.pages.flatMap((page) => page.fields).find((field) => field.base === 'homeClinicId');
  if (asked === undefined || draft.answers[asked.id] !== undefined) return draft;
  return { ...draft, answers: { ...draft.answers, [asked.id]: clinicId } };
}
