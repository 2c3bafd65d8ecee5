import type { Json } from '../../../lib/replication/json.ts';
import type { DuplicateReason } from '../../../lib/search/duplicate-points.ts';
import type { DuplicateCandidate } from '../../../lib/search/duplicates.ts';
import type { LabelKey } from '../../../lib/text/labels/en/en.ts';

/** Who is being registered, as the duplicate scoring compares people: from the columns that the form fills. */
export function duplicateCandidate(base: Readonly<Record<string, Json>>, id: string): DuplicateCandidate {
  const text = (column: string): string | null => {
    const value = base[column];
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  const texts = (...columns: string[]) => columns.map(text).filter((value) => value !== null);
  return {
    id,
    givenName: text('givenName'),
    familyName: text('familyName'),
    otherNames: text('otherNames'),
    birthDate: text('birthDate'),
    birthDateEstimated: base.birthDateEstimated === true,
    sex: text('sex') ?? 'unknown',
    phones: texts('phone', 'phone2', 'guardianPhone'),
    ids: texts('governmentId', 'externalId'),
    places: texts('village', 'camp', 'region'),
    guardianName: text('guardianName'),
  };
}

/** Why two people may be one, in words. */
export const REASON_LABELS: Readonly<Record<DuplicateReason, LabelKey>> = {
  'same-name': 'duplicate.reason.sameName',
  'similar-name': 'duplicate.reason.name',
  'names-swapped': 'duplicate.reason.namesSwapped',
  'same-birth-date': 'duplicate.reason.birthDate',
  'day-month-swapped': 'duplicate.reason.dayMonthSwapped',
  'close-birth-date': 'duplicate.reason.closeBirthDate',
  'compatible-age': 'duplicate.reason.age',
  'same-phone': 'duplicate.reason.phone',
  'same-id': 'duplicate.reason.governmentId',
  'same-place': 'duplicate.reason.village',
  'same-guardian': 'duplicate.reason.guardian',
};
