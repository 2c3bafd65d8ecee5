'use client';
import { useState } from 'react';
import type { AuditPlace } from '../../../../../db/postgres/audit-filter.ts';
import type { ViewLine } from '../../../../../db/postgres/list-views.ts';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { Badge } from '../../../../ui/badge.tsx';
import type { Column } from '../../../../ui/data-table.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useClinics } from '../../../use-clinics.ts';
import { NO_FILTERS } from './audit-filter.ts';
import { AuditFrame } from './audit-frame.tsx';
import { AuditTable } from './audit-table.tsx';
import { PatientLink } from './patient-link.tsx';
import { useAuditPages } from './use-audit-pages.ts';

/** Who opened whose chart, when, where, and under which emergency opening. */
export function ViewsPage() {
  const { t } = useText();
  const [filters, setFilters] = useState(NO_FILTERS);
  const pages = useAuditPages<{ views: ViewLine[]; next: AuditPlace | null }>('/api/audit', filters);
  const columns = useColumns();
  return (
    <AuditFrame list="views" filters={filters} onFilters={setFilters}>
      <AuditTable
        pages={pages}
        rows={pages.data?.pages.flatMap((page) => page.views) ?? []}
        columns={columns}
        caption={t('audit.views')}
        filters={filters}
        empty={{ title: t('audit.noViews'), help: t('audit.noViewsHelp') }}
      />
    </AuditFrame>
  );
}

function useColumns(): Column<ViewLine>[] {
  const { t, language } = useText();
  const { nameOf } = useClinics();
  return [
    {
      key: 'when',
      header: t('audit.when'),
      cell: ({ at }) => <span className="whitespace-nowrap">{formatInstant(language, at)}</span>,
    },
    { key: 'who', header: t('audit.who'), cell: ({ userName }) => <bdi>{userName ?? t('app.unknown')}</bdi> },
    { key: 'patient', header: t('patient.one'), cell: (line) => <PatientLink {...line} /> },
    {
      key: 'where',
      header: t('audit.where'),
      cell: ({ clinicId, screen, deviceName }) => (
        <>
          <bdi>{nameOf(clinicId)}</bdi>
          <span className="block text-sm text-text-2">
            <bdi>{screen === 'portal' ? t('audit.inPortal') : (deviceName ?? t('devices.phone'))}</bdi>
          </span>
        </>
      ),
    },
    {
      key: 'how',
      header: t('audit.how'),
      cell: ({ grantId, reason }) =>
        grantId === null ? (
          <span className="text-text-2">{t('audit.asUsual')}</span>
        ) : (
          <span className="flex flex-col items-start gap-1 py-2">
            <Badge tone="warning" icon="shield">
              {t('audit.inEmergency')}
            </Badge>
            <bdi className="text-sm">{reason}</bdi>
          </span>
        ),
    },
  ];
}
