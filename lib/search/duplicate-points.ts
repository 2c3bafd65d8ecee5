export const DUPLICATE_REASONS = [
  'same-name',
  'similar-name',
  'names-swapped',
  'same-birth-date',
  'day-month-swapped',
  'close-birth-date',
  'compatible-age',
  'same-phone',
  'same-id',
  'same-place',
  'same-guardian',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

/**
 * Points for and against two records being one person. Names alone, even equal, stay below the threshold (many people
 * are called the same); names and a second sign reach it. Chosen on the tables of the test, not fitted to real data.
 */
export const DUPLICATE_POINTS = {
  names: 45,
  /** Another given name on the same family: a brother, sister or twin, who shares all the rest. */
  otherGivenName: -45,
  sameSex: 5,
  otherSex: -20,
  samePhone: 20,
  sameId: 45,
  samePlace: 6,
  sameGuardian: 10,
} as const;
