import { useOpenConflicts } from '../../device/open-conflicts.ts';
import { useReplacedCount } from '../../device/replaced.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { useAllowed } from '../clinic/clinic-records.tsx';

/** How much waits for a person here. Conflicts and what was replaced are clinical: they are counted for those who may read them. */
export function useAttentionCount(): { readonly refused: number; readonly conflicts: number; readonly all: number } {
  const refused = useOutboxCounts()?.refused ?? 0;
  const { count } = useOpenConflicts();
  const replaced = useReplacedCount();
  const mayView = useAllowed('view-history');
  const conflicts = mayView ? count : 0;
  return { refused, conflicts, all: refused + conflicts + (mayView ? replaced : 0) };
}
