'use client';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button, ButtonLink } from '../../../../../ui/button.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { problemOf } from '../../../../ask.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useSend } from '../../../../use-asked.ts';
import { ClinicFields, newClinic } from '../clinic-fields.tsx';

export function NewClinic() {
  const { t } = useText();
  const router = useRouter();
  const toast = useToast();
  const [typed, setTyped] = useState(newClinic);
  const send = useSend();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(
      { path: '/api/clinics', body: typed },
      {
        onSuccess: ({ id }) => {
          toast({ title: t('clinic.created') });
          router.replace(`/admin/clinics/${id}`);
        },
      },
    );
  };
  return (
    <div className="max-w-160">
      <PageHeader title={t('clinic.create')} back={{ href: '/admin/clinics', label: t('action.back') }} />
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <ClinicFields value={typed} onChange={setTyped} wrong={problemOf(send.error)?.field} />
        <ProblemBanner fault={send.error} />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={send.isPending} busyText={t('app.working')}>
            {t('action.create')}
          </Button>
          <ButtonLink href="/admin/clinics">{t('action.cancel')}</ButtonLink>
        </div>
      </form>
    </div>
  );
}
