'use client';
import { refusalText } from '../../lib/text/translate.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useText } from '../ui/text-provider.tsx';
import { problemOf } from './ask.ts';

/** What went wrong with a request, in words, and what to do. Nothing when nothing did. */
export function ProblemBanner({ fault, onRetry }: { fault: Error | null; onRetry?: () => void }) {
  const { t } = useText();
  const problem = problemOf(fault);
  if (problem === null) return null;
  const words = refusalText(t, problem.code, {
    ...(problem.retryAfterSeconds === undefined ? {} : { seconds: problem.retryAfterSeconds }),
    ...(problem.instance === undefined ? {} : { id: problem.instance }),
  });
  return (
    <Banner
      tone="danger"
      title={words.title}
      action={onRetry && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    >
      {words.remedy}
    </Banner>
  );
}
