import { useEffect, useState } from 'react';
import type { PatientCard } from '../../../lib/domain/patient/patient-card.ts';
import { askIndex, useIndexStatus } from '../../device/workers.ts';

/** More than anyone scrolls through; the box narrows it. */
const MOST = 200;

/**
 * What the search worker finds, newest query winning; the recent patients for an empty one. Asked again when charts
 * changed. Null until the first answer.
 */
export function useFoundPatients(query: string, most = MOST): readonly PatientCard[] | null {
  const status = useIndexStatus();
  const [found, setFound] = useState<readonly PatientCard[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new status means that charts changed
  useEffect(() => {
    let asked = true;
    askIndex((index) => index.search(query, most)).then((cards) => {
      if (asked) setFound(cards);
    }, reportError);
    return () => {
      asked = false;
    };
  }, [query, status, most]);
  return found;
}
