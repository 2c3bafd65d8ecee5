'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Skeleton } from '../ui/skeleton.tsx';
import { useText } from '../ui/text-provider.tsx';
import { ProblemBanner } from './problem-banner.tsx';

/** What was asked for, once it is here: grey lines before, the reason and a button when it failed. */
export function Loaded<T>({ of, children }: { of: UseQueryResult<T, Error>; children: (value: T) => ReactNode }) {
  const { t } = useText();
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ProblemBanner fault={of.error} onRetry={() => void of.refetch()} />;
  return <Skeleton label={t('app.loading')} lines={6} />;
}
