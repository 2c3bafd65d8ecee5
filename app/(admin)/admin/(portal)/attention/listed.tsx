'use client';
import type { ReactNode } from 'react';
import { Button } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { Skeleton } from '../../../../ui/skeleton.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { ProblemBanner } from '../../../problem-banner.tsx';
import type { usePages } from './use-pages.ts';

/** Cards one under the other, as far as they were asked for; grey lines before, words when there is none. */
export function Listed({
  pages,
  count,
  empty,
  children,
}: {
  pages: Pick<
    ReturnType<typeof usePages>,
    'isPending' | 'isSuccess' | 'error' | 'refetch' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
  >;
  count: number;
  empty: ReactNode;
  children: ReactNode;
}) {
  const { t } = useText();
  if (pages.isPending) return <Skeleton label={t('app.loading')} lines={8} />;
  return (
    <>
      <ProblemBanner fault={pages.error} onRetry={() => void pages.refetch()} />
      {pages.isSuccess && count === 0 && <Card>{empty}</Card>}
      {children}
      {count > 0 && (
        <div className="flex min-h-16 items-center justify-between gap-4">
          <span className="text-sm text-text-2">{t('portal.shown', { count })}</span>
          {pages.hasNextPage && (
            <Button onClick={() => void pages.fetchNextPage()} busy={pages.isFetchingNextPage}>
              {t('action.more')}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
