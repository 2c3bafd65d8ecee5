import { useOpenConflicts } from '../../device/open-conflicts.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { useAllowed } from '../clinic/clinic-records.tsx';

/** How much waits for a person here. Conflicts are clinical: they are counted for those who may read them. */
export function useAttentionCount(): { readonly refused: number; readonly conflicts: number; readonly all: number } {
  const refused = useOutboxCounts()?.refused ?? 0;
  const { count } = useOpenConflicts();
  const conflicts = useAllowed('view-history') ? count : 0;
  return { refused, conflicts, all: refused + conflicts };
}
