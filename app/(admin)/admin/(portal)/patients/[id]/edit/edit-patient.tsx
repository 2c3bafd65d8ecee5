'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { savedForm } from '../../../../../../../lib/form/answers.ts';
import type { FormDefinition } from '../../../../../../../lib/form/definition.ts';
import { EMPTY_FORM } from '../../../../../../../lib/form/filled-form.ts';
import { joinRegistrationAnswers } from '../../../../../../../lib/form/registration.ts';
import type { Json } from '../../../../../../../lib/replication/json.ts';
import { FormStore } from '../../../../../../(clinic)/form/form-store.ts';
import type { SeenChart } from '../../../../../../server/chart.ts';
import { Button, ButtonLink } from '../../../../../../ui/button.tsx';
import { EmptyState } from '../../../../../../ui/empty-state.tsx';
import { PageHeader } from '../../../../../../ui/page-header.tsx';
import { useText } from '../../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../../ui/toast.tsx';
import { problemOf } from '../../../../../ask.ts';
import { FormQuestions } from '../../../../../form-questions.tsx';
import { Loaded } from '../../../../../loaded.tsx';
import { ProblemBanner } from '../../../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../../../use-asked.ts';
import { definitionOf } from '../patient-details.tsx';

/** The patient's details in the clinic's registration form of today. */
export function EditPatient({ id }: { id: string }) {
  const { t } = useText();
  const asked = useAsked<SeenChart>(`/api/patients/${id}`);
  return (
    <Loaded of={asked}>
      {(chart) => {
        const versionId = chart.currentVersionId ?? chart.patient.registrationVersionId;
        const definition = definitionOf(chart, versionId);
        if (definition === null || versionId === null)
          return <EmptyState icon="form" title={t('portal.noRegistrationForm')} />;
        return <Form chart={chart} definition={definition} versionId={versionId} />;
      }}
    </Loaded>
  );
}

function Form({ chart, definition, versionId }: { chart: SeenChart; definition: FormDefinition; versionId: string }) {
  const { t } = useText();
  const router = useRouter();
  const toast = useToast();
  const send = useSend();
  // As it stood when the form opened: an edit says what it replaces.
  const [{ store, seen, before }] = useState(() => opened(chart, definition));
  const href = `/admin/patients/${chart.patient.id}`;
  const save = () => {
    if (store.attempt().length > 0) return;
    const filled = savedForm(definition, store.draft(), store.evaluation());
    // What stood there and is gone now was cleared.
    const cleared = Object.fromEntries(Object.keys(before).map((key) => [key, null]));
    const answers: Record<string, Json> = { ...cleared, ...filled.answers };
    const body = { formVersionId: versionId, ...filled, answers, seen };
    send.mutate(
      { method: 'PATCH', path: `/api/patients/${chart.patient.id}`, body },
      {
        onSuccess: () => {
          toast({ title: t('patient.edited') });
          router.push(href);
        },
        onError: (fault) => store.refuse(problemOf(fault)?.field ?? null),
      },
    );
  };
  return (
    <div className="max-w-160">
      <PageHeader title={t('patient.edit')} back={{ href, label: t('action.back') }} />
      <div className="flex flex-col gap-6">
        <FormQuestions store={store} />
        <ProblemBanner fault={send.error} />
        <div className="flex flex-wrap gap-3">
          <Button look="primary" busy={send.isPending} busyText={t('app.working')} onClick={save}>
            {t('action.save')}
          </Button>
          <ButtonLink href={href}>{t('action.cancel')}</ButtonLink>
        </div>
      </div>
    </div>
  );
}

function opened({ patient }: SeenChart, definition: FormDefinition) {
  const { fields, seen } = patient;
  const attributes = (fields.attributes ?? {}) as Record<string, Json>;
  const before = joinRegistrationAnswers(definition, { base: fields, attributes });
  const occurredOn = new Date().toISOString().slice(0, 10);
  return { store: new FormStore(definition, { occurredOn }, { ...EMPTY_FORM, answers: before }), seen, before };
}
