import type { PartialDate } from '../domain/calendar-date.ts';

/** What search and duplicate scoring know of a patient: made from the chart by a pure function, never stored plainly. */
export type PatientSummary = {
  readonly id: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly otherNames: string | null;
  readonly birthDate: PartialDate | null;
  readonly birthDateEstimated: boolean;
  readonly sex: string;
  readonly phones: readonly string[];
  /** Government, external and other identifiers, as typed. */
  readonly ids: readonly string[];
  /** Human codes of the patient's cards; the patient's own code is derived from `id`. */
  readonly cardCodes: readonly string[];
  /** Village, camp, region … */
  readonly places: readonly string[];
  readonly guardianName: string | null;
  /** Answers to custom fields marked `search` in the registration form. */
  readonly extra: readonly string[];
};

export type SearchField = 'given' | 'family' | 'other' | 'id' | 'phone' | 'code' | 'place' | 'guardian' | 'extra';

/** Position = the number stored with each posting. Append only, or bump `INDEX_FORMAT`. */
export const SEARCH_FIELDS: readonly SearchField[] = [
  'given',
  'family',
  'other',
  'id',
  'phone',
  'code',
  'place',
  'guardian',
  'extra',
];
