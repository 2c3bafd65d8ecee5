import { useEffect, useState } from 'react';
import { readDraft, type SavedDraft } from '../../../db/device/drafts.ts';
import { database, useSession } from '../../device/phone.ts';
import type { FormDraft } from './saved-form.ts';

/** This user's draft of this record, as it was when the screen opened. Undefined while it is read, null when there is none. */
export function useDraft(recordId: string): SavedDraft<FormDraft> | null | undefined {
  const { key, userId } = useSession();
  const [draft, setDraft] = useState<SavedDraft<FormDraft> | null | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    readDraft<FormDraft>(database, key, recordId, userId).then(
      (read) => wanted && setDraft(read),
      (fault: unknown) => {
        reportError(fault);
        if (wanted) setDraft(null);
      },
    );
    return () => {
      wanted = false;
    };
  }, [key, userId, recordId]);
  return draft;
}
