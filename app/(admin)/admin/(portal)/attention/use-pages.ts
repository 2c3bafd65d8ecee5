'use client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Words } from '../../../../server/attention-words.ts';
import { ask } from '../../../ask.ts';

/** The pages of a list, one after the other as they are asked for. `query`: what narrows it. */
export function usePages<T extends { next: string | null }>(
  path: string,
  query: Readonly<Record<string, string | null>>,
) {
  return useInfiniteQuery({
    queryKey: [path, query],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const given = { ...query, after: pageParam === '' ? null : pageParam };
      const entries = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null);
      return ask<T>('GET', `${path}?${new URLSearchParams(entries)}`);
    },
    getNextPageParam: (page: T) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** The words of all pages that are here. */
export function wordsOf(pages: readonly Words[]): Words {
  return {
    names: Object.assign({}, ...pages.map((page) => page.names)),
    origins: Object.assign({}, ...pages.map((page) => page.origins)),
    definitions: Object.assign({}, ...pages.map((page) => page.definitions)),
  };
}
