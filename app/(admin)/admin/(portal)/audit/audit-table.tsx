'use client';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { Card } from '../../../../ui/card.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { Skeleton } from '../../../../ui/skeleton.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { type AuditFilters, isFiltered } from './audit-filter.ts';

/** A list of the audit, once it is here. Nothing found under a filter is another thing than nothing at all. */
export function AuditTable<Row extends { readonly id: string }>({
  pages,
  rows,
  columns,
  caption,
  filters,
  empty,
}: {
  pages: Pick<
    UseInfiniteQueryResult,
    'error' | 'refetch' | 'isPending' | 'isSuccess' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
  >;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  caption: string;
  filters: AuditFilters;
  empty: { readonly title: string; readonly help: string };
}) {
  const { t } = useText();
  const more = pages.hasNextPage
    ? { label: t('action.more'), onMore: () => void pages.fetchNextPage(), busy: pages.isFetchingNextPage }
    : undefined;
  const said = isFiltered(filters) ? { title: t('audit.filtered'), help: t('audit.filteredHelp') } : empty;
  return (
    <>
      <ProblemBanner fault={pages.error} onRetry={() => void pages.refetch()} />
      {pages.isPending && <Skeleton label={t('app.loading')} lines={8} />}
      {pages.isSuccess && (
        <Card flush>
          <DataTable
            caption={caption}
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            empty={
              <EmptyState icon="shield" title={said.title}>
                {said.help}
              </EmptyState>
            }
            shownText={t('portal.shown', { count: rows.length })}
            more={more}
          />
        </Card>
      )}
    </>
  );
}
