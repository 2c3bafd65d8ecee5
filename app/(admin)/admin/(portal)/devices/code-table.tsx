'use client';
import type { CodeLine } from '../../../../../db/postgres/list-enrolment-codes.ts';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Card } from '../../../../ui/card.tsx';
import { DataTable } from '../../../../ui/data-table.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useAsked } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';

/** What became of the codes given out lately. */
export function CodeTable() {
  const { t, language } = useText();
  const { nameOf } = useClinics();
  const asked = useAsked<{ codes: CodeLine[] }>('/api/enrolment-codes');
  const codes = asked.data?.codes ?? [];
  if (codes.length === 0) return null;
  return (
    <Card title={t('portal.codesGiven')} flush>
      <DataTable
        caption={t('portal.codesGiven')}
        rows={codes}
        rowKey={({ id }) => id}
        empty={null}
        columns={[
          {
            key: 'when',
            header: t('history.when'),
            cell: ({ createdAt }) => <span className="whitespace-nowrap">{formatInstant(language, createdAt)}</span>,
          },
          { key: 'by', header: t('history.who'), cell: ({ createdBy }) => <bdi>{createdBy}</bdi> },
          { key: 'clinic', header: t('clinic.one'), cell: ({ clinicId }) => <bdi>{nameOf(clinicId)}</bdi> },
          { key: 'device', header: t('devices.one'), cell: ({ deviceName }) => <bdi>{deviceName}</bdi> },
          { key: 'status', header: t('devices.status'), cell: (code) => <CodeStatus code={code} /> },
        ]}
      />
    </Card>
  );
}

function CodeStatus({ code }: { code: CodeLine }) {
  const { t, language } = useText();
  if (code.usedAt !== null) return <Badge tone="success">{t('enrol.used')}</Badge>;
  if (Date.parse(code.expiresAt) < Date.now()) return <Badge>{t('enrol.expired')}</Badge>;
  return <Badge tone="info">{t('enrol.expires', { when: formatInstant(language, code.expiresAt) })}</Badge>;
}
