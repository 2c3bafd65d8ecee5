import { useEffect } from 'react';
import { Redirect } from 'wouter';
import { removeDraft } from '../../../db/device/drafts.ts';
import { database, useSession } from '../../device/phone.ts';

/** The phone stopped between a save and taking its draft away: the draft goes now, and the record is shown. */
export function SavedBefore({ recordId, href }: { recordId: string; href: string }) {
  const { userId } = useSession();
  useEffect(() => {
    removeDraft(database, recordId, userId).catch(reportError);
  }, [recordId, userId]);
  return <Redirect to={href} replace />;
}
