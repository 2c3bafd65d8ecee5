'use client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { UserLine } from '../../../../../db/postgres/list-users.ts';
import { codeLabel } from '../../../../../lib/text/translate.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { ButtonLink } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { Link } from '../../../../ui/link.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { SearchBox } from '../../../../ui/search-box.tsx';
import { Skeleton } from '../../../../ui/skeleton.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { ask } from '../../../ask.ts';
import { useMe } from '../../../me.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useClinics } from '../../../use-clinics.ts';

interface Page {
  readonly users: readonly UserLine[];
  readonly next: { readonly name: string; readonly id: string } | null;
}

export function UserTable() {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed);
  const pages = useInfiniteQuery({
    queryKey: ['users', search],
    initialPageParam: null as Page['next'],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams();
      if (search !== '') query.set('search', search.slice(0, 100));
      if (pageParam !== null) {
        query.set('afterName', pageParam.name);
        query.set('afterId', pageParam.id);
      }
      return ask<Page>('GET', `/api/users?${query}`);
    },
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const columns = useColumns();
  const users = pages.data?.pages.flatMap((page) => page.users) ?? [];
  const more = pages.hasNextPage
    ? { label: t('action.more'), onMore: () => void pages.fetchNextPage(), busy: pages.isFetchingNextPage }
    : undefined;
  return (
    <>
      <PageHeader
        title={t('user.list')}
        actions={
          <ButtonLink look="primary" compact icon="user-add" href="/admin/users/new">
            {t('user.create')}
          </ButtonLink>
        }
      />
      <div className="flex flex-col gap-4">
        <SearchBox label={t('portal.searchUsers')} value={typed} onChange={setTyped} clearText={t('action.clear')} />
        <ProblemBanner fault={pages.error} onRetry={() => void pages.refetch()} />
        {pages.isPending && <Skeleton label={t('app.loading')} lines={6} />}
        {pages.isSuccess && (
          <Card flush>
            <DataTable
              caption={t('user.list')}
              columns={columns}
              rows={users}
              rowKey={({ id }) => id}
              more={more}
              empty={
                <EmptyState
                  icon="user"
                  title={search === '' ? t('user.empty') : t('list.noResults', { query: search })}
                >
                  {t('user.emptyHelp')}
                </EmptyState>
              }
            />
          </Card>
        )}
      </div>
    </>
  );
}

function useColumns(): Column<UserLine>[] {
  const { t } = useText();
  const me = useMe();
  const { nameOf } = useClinics();
  return [
    {
      key: 'name',
      header: t('user.name'),
      cell: (user) => (
        <span className="flex items-center gap-2">
          <Link
            href={`/admin/users/${user.id}`}
            className="inline-flex min-h-12 items-center font-semibold text-accent"
          >
            <bdi>{user.name}</bdi>
          </Link>
          {user.id === me.id && <Badge>{t('user.you')}</Badge>}
        </span>
      ),
    },
    { key: 'username', header: t('user.username'), cell: (user) => <bdi>{user.username}</bdi> },
    { key: 'role', header: t('user.role'), cell: (user) => codeLabel(t, 'role', user.role) },
    {
      key: 'clinics',
      header: t('clinic.list'),
      cell: (user) => <bdi>{Object.keys(user.flags).map(nameOf).filter(Boolean).join(', ')}</bdi>,
    },
    {
      key: 'status',
      header: t('devices.status'),
      cell: (user) => (
        <Badge tone={user.deactivatedAt ? 'warning' : 'success'} icon={user.deactivatedAt ? 'lock' : 'check'}>
          {user.deactivatedAt ? t('user.deactivated') : t('user.active')}
        </Badge>
      ),
    },
  ];
}
