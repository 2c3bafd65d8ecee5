import { describe, expect, test } from 'vitest';
import type { DuplicateReason } from '../../../lib/search/duplicate-points.ts';
import {
  compareForDuplicate,
  type DuplicateCandidate,
  idsWorthComparing,
  likelyDuplicates,
} from '../../../lib/search/duplicates.ts';
import { createPatientIndex } from '../../../lib/search/patient-index.ts';
import type { PatientSummary } from '../../../lib/search/patient-summary.ts';
import { aPatientList } from '../../scenario/generate-patients.ts';
import { summaryOf } from '../../scenario/patient-summaries.ts';

const AMINA: PatientSummary = {
  id: '018f3a5e-7b2c-7d10-9a44-000000000001',
  givenName: 'Amina',
  familyName: 'Haddad',
  otherNames: null,
  birthDate: '2019-03-07',
  birthDateEstimated: false,
  sex: 'female',
  phones: ['+249 912 345 678'],
  ids: ['193-16C30695'],
  cardCodes: [],
  places: ['Zaatari'],
  guardianName: 'Layla Haddad',
  extra: [],
};
const BARE = { phones: [], ids: [], places: [], guardianName: null };
const like = (change: Partial<DuplicateCandidate>): DuplicateCandidate => {
  const { id: _, ...rest } = AMINA;
  return { ...rest, ...BARE, ...change };
};

const POSITIVE: readonly (readonly [string, Partial<DuplicateCandidate>, readonly DuplicateReason[]])[] = [
  ['all the same', {}, ['same-name', 'same-birth-date']],
  ['another script', { givenName: 'أمينة', familyName: 'حداد' }, ['similar-name', 'same-birth-date']],
  ['spelled otherwise', { givenName: 'Aminah', familyName: 'Hadad' }, ['similar-name', 'same-birth-date']],
  ['a typing mistake', { givenName: 'Amian' }, ['similar-name', 'same-birth-date']],
  ['names swapped', { givenName: 'Haddad', familyName: 'Amina' }, ['names-swapped', 'same-birth-date']],
  ['day and month swapped', { birthDate: '2019-07-03' }, ['same-name', 'day-month-swapped']],
  ['a wrong digit in the date', { birthDate: '2019-03-01' }, ['same-name', 'close-birth-date']],
  ['only the year known', { birthDate: '2019' }, ['same-name', 'compatible-age']],
  ['age guessed', { birthDate: '2017', birthDateEstimated: true }, ['same-name', 'compatible-age']],
  ['birth unknown, same phone', { birthDate: null, phones: ['0912345678'] }, ['same-name', 'same-phone']],
  ['birth unknown, same place', { birthDate: null, places: ['zaatari '] }, ['same-name', 'same-place']],
  [
    'similar name, same guardian and age',
    { givenName: 'Amena', birthDate: '2019', guardianName: 'ليلى حداد' },
    ['similar-name', 'compatible-age', 'same-guardian'],
  ],
  [
    'the same identifier, all else different',
    { ...BARE, givenName: 'Rosa', familyName: 'Xicay', birthDate: '1980-01-01', ids: ['19316c30695'] },
    ['same-id'],
  ],
  ['a second given name', { givenName: 'Amina Rahma' }, ['similar-name', 'same-birth-date']],
  ['family name missing', { familyName: null, phones: ['0912345678'] }, ['same-name', 'same-birth-date', 'same-phone']],
];

const NEGATIVE: readonly (readonly [string, Partial<DuplicateCandidate>])[] = [
  ['only the name is the same', { birthDate: null }],
  ['the same name, another generation', { birthDate: '1989-03-07', phones: AMINA.phones, places: AMINA.places }],
  [
    'a sister',
    {
      givenName: 'Salma',
      birthDate: '2021-05-01',
      phones: AMINA.phones,
      places: AMINA.places,
      guardianName: AMINA.guardianName,
    },
  ],
  ['a twin', { givenName: 'Salma', phones: AMINA.phones, places: AMINA.places, guardianName: AMINA.guardianName }],
  [
    'a twin brother with nearly the same name',
    { givenName: 'Amin', sex: 'male', birthDate: '2019-03-08', places: AMINA.places },
  ],
  ['the same day, another name', { givenName: 'Rosa', familyName: 'Xicay' }],
  ['the same given name in another family', { familyName: 'Xicay', places: AMINA.places }],
  ['nothing known but the day', { givenName: null, familyName: null }],
  ['the same name, another sex and no date', { birthDate: null, sex: 'male', places: AMINA.places }],
  ['the same phone only', { givenName: 'Rosa', familyName: 'Xicay', birthDate: null, phones: AMINA.phones }],
  ['a short identifier', { givenName: 'Rosa', familyName: 'Xicay', birthDate: null, ids: ['1'] }],
];

describe('likely one person', () => {
  test.each(POSITIVE)('%s', (_, change, reasons) => {
    expect(compareForDuplicate(like(change), AMINA)?.reasons).toEqual(reasons);
  });
  test('the more agrees, the higher; equal names and birth date are strong', () => {
    const all = compareForDuplicate(AMINA, AMINA);
    const some = compareForDuplicate(like({}), AMINA);
    const few = compareForDuplicate(like({ birthDate: '2017', birthDateEstimated: true }), AMINA);
    expect(all?.score).toBeGreaterThan(some?.score ?? 0);
    expect(some?.score).toBeGreaterThan(few?.score ?? 0);
    expect([all?.strong, some?.strong, few?.strong]).toEqual([true, true, false]);
  });
  test('who is likely is likely in both directions', () => {
    for (const [, change] of [...POSITIVE, ...NEGATIVE]) {
      const other: PatientSummary = { ...AMINA, ...like(change), id: '018f3a5e-7b2c-7d10-9a44-000000000002' };
      expect(compareForDuplicate(other, AMINA)?.score).toBe(compareForDuplicate(AMINA, other)?.score);
    }
  });
});

describe('not one person', () => {
  test.each(NEGATIVE)('%s', (_, change) => expect(compareForDuplicate(like(change), AMINA)).toBeNull());
});

describe('the list of likely duplicates', () => {
  const twice: PatientSummary = { ...AMINA, id: '018f3a5e-7b2c-7d10-9a44-000000000002', places: [] };
  test('best first, without oneself and without who was marked as another person', () => {
    expect(likelyDuplicates(like({ places: ['Zaatari'] }), [twice, AMINA]).map(({ id }) => id)).toEqual([
      AMINA.id,
      twice.id,
    ]);
    expect(likelyDuplicates(AMINA, [twice, AMINA]).map(({ id }) => id)).toEqual([twice.id]);
    expect(likelyDuplicates(AMINA, [twice, AMINA], { settled: new Set([twice.id]) })).toEqual([]);
    expect(likelyDuplicates(like({}), [twice, AMINA], { limit: 1 })).toHaveLength(1);
  });

  test('the index brings up everyone worth comparing, and few strangers are shown', () => {
    const summaries = aPatientList(4, 3000).map(summaryOf);
    const byId = new Map(summaries.map((summary) => [summary.id, summary]));
    const index = createPatientIndex();
    for (const summary of summaries) index.put(summary);
    let shown = 0;
    for (const { id: _, ...again } of summaries.slice(0, 200)) {
      const known = [...idsWorthComparing(again, index)].flatMap((id) => byId.get(id) ?? []);
      const likely = likelyDuplicates(again, known);
      expect(likely[0]?.id).toBe(_);
      shown += likely.length - 1;
    }
    expect(shown).toBeLessThan(20);
  });
});
