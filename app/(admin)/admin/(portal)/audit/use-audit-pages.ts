'use client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AuditPlace } from '../../../../../db/postgres/audit-filter.ts';
import { ask } from '../../../ask.ts';
import { type AuditFilters, queryOf } from './audit-filter.ts';

/** A list of the audit, page by page; each goes on after the last line of the one before. */
export function useAuditPages<Page extends { readonly next: AuditPlace | null }>(path: string, filters: AuditFilters) {
  const query = String(queryOf(filters));
  return useInfiniteQuery({
    queryKey: [path, query],
    initialPageParam: null as AuditPlace | null,
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams(query);
      if (pageParam !== null) {
        asked.set('afterAt', pageParam.at);
        asked.set('afterId', pageParam.id);
      }
      return ask<Page>('GET', `${path}?${asked}`);
    },
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}
