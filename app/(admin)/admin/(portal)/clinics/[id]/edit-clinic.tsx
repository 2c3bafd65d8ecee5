'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { EmptyState } from '../../../../../ui/empty-state.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { Select } from '../../../../../ui/select.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { problemOf } from '../../../../ask.ts';
import { type FormShown, formName } from '../../../../form-shown.ts';
import { Loaded } from '../../../../loaded.tsx';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../../use-asked.ts';
import { type ClinicShown, useClinics } from '../../../../use-clinics.ts';
import { ClinicFields } from '../clinic-fields.tsx';
import { Departments } from './departments.tsx';

export function EditClinic({ id }: { id: string }) {
  const { t } = useText();
  const { asked } = useClinics();
  return (
    <Loaded of={asked}>
      {({ clinics }) => {
        const clinic = clinics.find((one) => one.id === id);
        if (clinic === undefined) return <EmptyState icon="clinic" title={t('error.not-found')} />;
        return (
          <div className="max-w-160">
            <PageHeader
              title={<bdi>{clinic.fields.name}</bdi>}
              back={{ href: '/admin/clinics', label: t('action.back') }}
            />
            <div className="flex flex-col gap-6">
              <Details clinic={clinic} />
              <Departments clinicId={id} />
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

function Details({ clinic }: { clinic: ClinicShown }) {
  const { t, language } = useText();
  const toast = useToast();
  const send = useSend();
  const forms = useAsked<{ forms: FormShown[] }>('/api/forms');
  const { name, code, timeZone, address, phone } = clinic.fields;
  const [typed, setTyped] = useState({ name, code, timeZone, address: address ?? '', phone: phone ?? '' });
  const [registrationFormId, setForm] = useState(clinic.fields.registrationFormId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(
      { method: 'PATCH', path: `/api/clinics/${clinic.id}`, body: { ...typed, registrationFormId } },
      { onSuccess: () => toast({ title: t('clinic.saved') }) },
    );
  };
  const registration = (forms.data?.forms ?? []).filter((form) => form.fields.kind === 'registration');
  return (
    <Card>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <ClinicFields value={typed} onChange={setTyped} wrong={problemOf(send.error)?.field} />
        <Select
          label={t('forms.registration')}
          value={registrationFormId}
          onChange={setForm}
          emptyText={t('portal.usualForm')}
          options={registration.map((form) => ({ value: form.id, label: formName(form, language) }))}
        />
        <ProblemBanner fault={send.error} />
        <Button type="submit" look="primary" busy={send.isPending} busyText={t('app.working')}>
          {t('action.save')}
        </Button>
      </form>
    </Card>
  );
}
