import type { SyncProblem } from '../../../lib/replication/sync-worker.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { PROBLEM_TEXT } from './sync-state.ts';

/** Why nothing moves, and what to do. A missing network is no fault: work goes on. */
export function ProblemBanner({ problem }: { problem: SyncProblem | null }) {
  const { t } = useText();
  if (problem === null) return null;
  const { title, remedy } = PROBLEM_TEXT[problem];
  return (
    <Banner tone={problem === 'offline' ? 'info' : 'warning'} title={t(title)}>
      {t(remedy)}
    </Banner>
  );
}
