import { isLabelKey, type Translate } from './translate.ts';

/** Where the names of a collection's columns stand; the rest under `field`, `portal.key` and `visit`. */
const AREAS: Readonly<Record<string, string>> = {
  patients: 'patient.field',
  vitals: 'vitals.measure',
  visits: 'visit',
  departments: 'department',
  clinics: 'clinic',
  users: 'user',
  forms: 'forms',
  organisation: 'settings',
};

/** What a column is called. Its own name when there are no words for it: never hidden. */
export function columnLabel(t: Translate, collection: string, column: string): string {
  const stems = [AREAS[collection], 'field', 'portal.key', 'visit'].filter((stem) => stem !== undefined);
  const known = stems.map((stem) => `${stem}.${column}`).find(isLabelKey);
  return known === undefined ? column : t(known);
}
