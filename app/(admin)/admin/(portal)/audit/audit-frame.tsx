'use client';
import type { ReactNode } from 'react';
import { Link } from '../../../../ui/link.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { TabLinks } from '../../../../ui/tab-links.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { type AuditFilters, patientIn } from './audit-filter.ts';
import { AuditFilterFields } from './audit-filters.tsx';

/** The head of both lists: which one, and what it is narrowed to. */
export function AuditFrame({
  list,
  filters,
  onFilters,
  children,
}: {
  list: 'views' | 'grants';
  filters: AuditFilters;
  onFilters: (filters: AuditFilters) => void;
  children: ReactNode;
}) {
  const { t } = useText();
  const patientId = patientIn(filters);
  return (
    <>
      <PageHeader title={t('audit.title')} detail={list === 'views' ? t('audit.viewsHelp') : undefined} />
      <div className="flex flex-col gap-4">
        <TabLinks
          label={t('audit.lists')}
          tabs={[
            { href: '/admin/audit', label: t('audit.views'), current: list === 'views' },
            { href: '/admin/audit/grants', label: t('audit.grants'), current: list === 'grants' },
          ]}
        />
        <AuditFilterFields value={filters} onChange={onFilters} />
        {patientId !== null && (
          <Link href={`/admin/patients/${patientId}`} className="inline-flex min-h-12 items-center text-accent">
            {t('audit.changes')}
          </Link>
        )}
        {children}
      </div>
    </>
  );
}
