'use client';
import { formatAgo } from '../../lib/text/format.ts';
import { useText } from '../ui/text-provider.tsx';

/** How long ago an instant is, in words; “never” for none. */
export function useAgo(): (instant: string | null) => string {
  const { t, language } = useText();
  return (instant) => (instant === null ? t('app.never') : formatAgo(language, instant, new Date().toISOString()));
}
