'use client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { PatientLine } from '../../../../../db/postgres/read-patient-cards.ts';
import { formatHumanCode, humanCode } from '../../../../../lib/domain/human-code.ts';
import { formatDate } from '../../../../../lib/text/format.ts';
import { codeLabel } from '../../../../../lib/text/translate.ts';
import { ageShort } from '../../../../(clinic)/patient/age-text.ts';
import { patientName } from '../../../../(clinic)/patient/patient-name.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Card } from '../../../../ui/card.tsx';
import { CodeText } from '../../../../ui/code-text.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { Link } from '../../../../ui/link.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { SearchBox } from '../../../../ui/search-box.tsx';
import { Select } from '../../../../ui/select.tsx';
import { Skeleton } from '../../../../ui/skeleton.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { ask } from '../../../ask.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useClinics } from '../../../use-clinics.ts';

interface Page {
  readonly patients: readonly PatientLine[];
  readonly next: string | null;
}

const SIZES = ['25', '50', '100', '200'];

export function PatientTable() {
  const { t } = useText();
  const { clinics } = useClinics();
  const [typed, setTyped] = useState('');
  const [clinicId, setClinicId] = useState<string | null>(null);
  const [size, setSize] = useState('50');
  const search = useDeferredValue(typed);
  const pages = usePages({ search, clinicId, size });
  const patients = pages.data?.pages.flatMap((page) => page.patients) ?? [];
  const count = patients.length;
  return (
    <>
      <PageHeader title={t('patient.list')} />
      <div className="flex flex-col gap-4">
        <SearchBox
          label={t('patient.search')}
          placeholder={t('patient.searchHint')}
          value={typed}
          onChange={setTyped}
          clearText={t('action.clear')}
        />
        <div className="grid max-w-160 grid-cols-1 gap-4 sm:grid-cols-2">
          <Select
            label={t('patients.filterClinic')}
            value={clinicId}
            onChange={setClinicId}
            emptyText={t('dashboard.allClinics')}
            options={clinics.map(({ id, fields }) => ({ value: id, label: fields.name }))}
          />
          <Select
            label={t('portal.pageSize')}
            value={size}
            onChange={(value) => setSize(value ?? '50')}
            emptyText={t('portal.pageSize')}
            options={SIZES.map((value) => ({ value, label: value }))}
          />
        </div>
        <ProblemBanner fault={pages.error} onRetry={() => void pages.refetch()} />
        <p role="status" className="sr-only">
          {pages.isSuccess && search !== '' ? t('patient.found', { count }) : ''}
        </p>
        {pages.isPending && <Skeleton label={t('app.loading')} lines={8} />}
        {pages.isSuccess && (
          <Card flush>
            <Rows
              patients={patients}
              query={search}
              more={
                pages.hasNextPage
                  ? {
                      label: t('action.more'),
                      onMore: () => void pages.fetchNextPage(),
                      busy: pages.isFetchingNextPage,
                    }
                  : undefined
              }
            />
          </Card>
        )}
      </div>
    </>
  );
}

function usePages({ search, clinicId, size }: { search: string; clinicId: string | null; size: string }) {
  return useInfiniteQuery({
    queryKey: ['patients', search, clinicId, size],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: size });
      if (search.trim() !== '') query.set('search', search.slice(0, 200));
      if (clinicId !== null) query.set('clinicId', clinicId);
      if (pageParam !== '') query.set('after', pageParam);
      return ask<Page>('GET', `/api/patients?${query}`);
    },
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

function Rows({
  patients,
  query,
  more,
}: {
  patients: readonly PatientLine[];
  query: string;
  more: { label: string; onMore: () => void; busy: boolean } | undefined;
}) {
  const { t } = useText();
  const columns = useColumns();
  const empty =
    query.trim() === '' ? (
      <EmptyState icon="patients" title={t('patient.empty')}>
        {t('dashboard.emptyHelp')}
      </EmptyState>
    ) : (
      <EmptyState icon="search" title={t('patient.notFound', { query })}>
        {t('list.noResultsHelp')}
      </EmptyState>
    );
  return (
    <DataTable
      caption={t('patients.table')}
      columns={columns}
      rows={patients}
      rowKey={({ id }) => id}
      empty={empty}
      shownText={t('portal.shown', { count: patients.length })}
      more={more}
    />
  );
}

function useColumns(): Column<PatientLine>[] {
  const { t, language } = useText();
  const { nameOf } = useClinics();
  const today = new Date().toISOString().slice(0, 10);
  return [
    {
      key: 'name',
      header: t('patient.field.name'),
      cell: (one) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link
            href={`/admin/patients/${one.id}`}
            className="inline-flex min-h-12 items-center font-semibold text-accent"
          >
            <bdi>{patientName(one) ?? t('patient.unnamed')}</bdi>
          </Link>
          {one.deceased && <Badge>{t('patient.deceased')}</Badge>}
        </span>
      ),
    },
    {
      key: 'code',
      header: t('patient.code'),
      cell: (one) => <CodeText>{formatHumanCode(humanCode(one.id))}</CodeText>,
    },
    { key: 'sex', header: t('patient.field.sex'), cell: (one) => codeLabel(t, 'sex', one.sex ?? 'unknown') },
    {
      key: 'age',
      header: t('patient.field.age'),
      cell: (one) => <span className="whitespace-nowrap">{ageShort(t, one, today)}</span>,
    },
    { key: 'phone', header: t('patient.field.phone'), cell: (one) => one.phone && <CodeText>{one.phone}</CodeText> },
    { key: 'village', header: t('patient.field.village'), cell: (one) => <bdi>{one.village ?? one.camp}</bdi> },
    {
      key: 'clinic',
      header: t('patients.filterClinic'),
      cell: (one) => <bdi>{one.clinicIds.map(nameOf).join(', ')}</bdi>,
    },
    {
      key: 'visit',
      header: t('patients.lastVisit'),
      cell: (one) => (
        <span className="whitespace-nowrap">{one.lastVisitOn && formatDate(language, one.lastVisitOn)}</span>
      ),
    },
  ];
}
