'use client';
import { useState } from 'react';
import { Button } from '../../../../../ui/button.tsx';
import { EmptyState } from '../../../../../ui/empty-state.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { Select } from '../../../../../ui/select.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { mayIn, useMe } from '../../../../me.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useSend } from '../../../../use-asked.ts';
import { useClinics } from '../../../../use-clinics.ts';
import { EnrolmentCard, type Issued } from './enrolment-card.tsx';

/** A code for one phone of one clinic, as a QR code that is a link. */
export function EnrolPhone() {
  const { t } = useText();
  const me = useMe();
  const { asked, clinics, nameOf } = useClinics();
  const own = clinics.filter(({ id }) => mayIn(me, 'clinic-admin', id));
  const [chosen, setChosen] = useState<string | null>(null);
  const send = useSend<Issued>();
  const clinicId = chosen ?? (own.length === 1 ? (own[0]?.id ?? null) : null);
  const issue = () => {
    if (clinicId !== null) send.mutate({ path: '/api/enrolment-codes', body: { clinicId } });
  };
  const issued = send.data;
  return (
    <div className="max-w-160">
      <PageHeader title={t('enrol.create')} back={{ href: '/admin/devices', label: t('action.back') }} />
      <div className="flex flex-col gap-6">
        {asked.isSuccess && own.length === 0 && (
          <EmptyState icon="clinic" title={t('clinic.empty')}>
            {t('clinic.emptyHelp')}
          </EmptyState>
        )}
        {issued === undefined ? (
          own.length > 0 && (
            <>
              <Select
                label={t('clinic.one')}
                value={clinicId}
                onChange={setChosen}
                emptyText={t('clinic.choose')}
                options={own.map(({ id, fields }) => ({ value: id, label: fields.name }))}
              />
              <Button
                look="primary"
                icon="qr"
                disabled={clinicId === null}
                busy={send.isPending}
                busyText={t('app.working')}
                onClick={issue}
              >
                {t('portal.showQr')}
              </Button>
            </>
          )
        ) : (
          <EnrolmentCard issued={issued} clinic={nameOf(issued.clinicId)} onAgain={() => send.reset()} />
        )}
        <ProblemBanner fault={send.error} />
      </div>
    </div>
  );
}
