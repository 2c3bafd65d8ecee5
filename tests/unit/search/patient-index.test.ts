import { beforeAll, describe, expect, test } from 'vitest';
import { humanCode } from '../../../lib/domain/human-code.ts';
import { createPatientIndex, loadPatientIndex, type PatientIndex } from '../../../lib/search/patient-index.ts';
import type { PatientSummary } from '../../../lib/search/patient-summary.ts';
import { aPatientList, type GeneratedPatient } from '../../scenario/generate-patients.ts';
import { summaryOf } from '../../scenario/patient-summaries.ts';
import {
  insideIdQueries,
  phoneQueries,
  prefixQueries,
  type QuerySet,
  transliteratedQueries,
  typoQueries,
} from '../../scenario/search-queries.ts';

const idOf = (n: number) => `018f3a5e-7b2c-7d10-9a44-${String(n).padStart(12, '0')}`;

const person = (
  n: number,
  givenName: string,
  familyName: string,
  more: Partial<PatientSummary> = {},
): PatientSummary => ({
  id: idOf(n),
  givenName,
  familyName,
  otherNames: null,
  birthDate: null,
  birthDateEstimated: false,
  sex: 'unknown',
  phones: [],
  ids: [],
  cardCodes: [],
  places: [],
  guardianName: null,
  extra: [],
  ...more,
});

const PEOPLE = [
  person(1, 'Amina', 'Haddad', { phones: ['+249 912 345 678'], places: ['Zaatari'], ids: ['193-16C30695'] }),
  person(2, 'محمد', 'الحسن', { guardianName: 'فاطمة الحسن' }),
  person(3, 'Mohamed', 'Abdel Rahman', { cardCodes: ['1135747488'] }),
  person(4, 'José María', "N'Diaye", { phones: ['0912 111 222'], places: ['Amina'] }),
  person(5, 'محمود', 'خليل'),
  person(6, 'Yaminah', 'Koné'),
  person(7, 'Haddad', 'Osman', { otherNames: 'Amina' }),
  person(8, 'Rosa', 'Xicay', { extra: ['Blue tent'] }),
];

const indexOf = (people: readonly PatientSummary[]): PatientIndex => {
  const index = createPatientIndex();
  for (const one of people) index.put(one);
  return index;
};
const found = (query: string, index = indexOf(PEOPLE), limit = 20) =>
  index.search(query, limit).map(({ id }) => Number(id.slice(-12)));

describe('one box finds a patient', () => {
  test.each([
    ['Amina Haddad', 1],
    ['haddad amina', 1],
    ['ami had', 1],
    ['5678', 1],
    ['0912345678', 1],
    ['00249912345678', 1],
    ['٠٩١٢٣٤٥٦٧٨', 1],
    ['0912 345 678', 1],
    ['16c306', 1],
    ['193-16C30695', 1],
    ['amina zaatari', 1],
    ['Amna Hadad', 1],
    ['mohammed hassan', 2],
    ['Muhammad Al-Hassan', 2],
    ['alhassan', 2],
    ['محمد عبد الرحمن', 3],
    ['abdulrahman', 3],
    ['113 574 748 8', 3],
    ['jose ndiaye', 4],
    ['mari', 4],
    ['mahmoud khalil', 5],
    ['kone', 6],
    ['blue', 8],
    ['x', 8],
  ])('%j', (query, first) => expect(found(query)[0]).toBe(first));

  test('by the code on the own card, in any script', () => {
    const code = humanCode(idOf(6));
    expect(found(code)).toEqual([6]);
    expect(found(code.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))))).toEqual([6]);
  });

  test('by guardian', () => expect(found('فاطمة')).toContain(2));
});

describe('the order of the answers', () => {
  test('given and family name, then other names, then a place of that name, then part of a name', () => {
    expect(found('amina haddad').slice(0, 2)).toEqual([1, 7]);
    expect(found('amina')).toEqual([1, 7, 4, 6]);
  });
  test('given with family name before both in one name', () => {
    const index = indexOf([person(1, 'Amina Haddad', 'Sow'), person(2, 'Amina', 'Haddad')]);
    expect(found('haddad amina', index)).toEqual([2, 1]);
  });
  test('the same letters before the same sound before a mistake', () => {
    const index = indexOf([
      person(1, 'Salma', 'A'),
      person(2, 'Selma', 'A'),
      person(3, 'سلمى', 'A'),
      person(4, 'Halma', 'A'),
    ]);
    const order = found('salma', index);
    expect(order[0]).toBe(1);
    expect(order[3]).toBe(4);
    expect(order).toHaveLength(4);
  });
  test('Mahmoud before Mohammed although both have the same consonants', () => {
    const index = indexOf([person(1, 'محمد', 'خليل'), person(2, 'محمود', 'خليل')]);
    expect(found('mahmoud', index)[0]).toBe(2);
  });
  test('says what was found', () => {
    expect(indexOf(PEOPLE).search('amna 5678', 1)[0]?.why).toEqual([
      { field: 'given', match: 'sound' },
      { field: 'phone', match: 'end' },
    ]);
  });
});

describe('what finds nobody', () => {
  test.each(['', ' ', '   ', '.', ' - ', '\u200f', 'zzzz', 'amina zzzz', '999999'])('%j', (query) =>
    expect(found(query)).toEqual([]),
  );
  test('a blank at the end changes nothing', () => {
    for (const query of ['a', 'amina', 'amina had', '5678']) {
      expect(found(`${query} `)).toEqual(found(query));
      expect(found(`  ${query}`)).toEqual(found(query));
    }
    expect(found('xicay ')).toEqual([8]);
  });
  test('a wrong digit is another number', () => expect(found('0912345679')).toEqual([]));
  test('a limit is kept', () => expect(found('m', indexOf(PEOPLE), 2)).toHaveLength(2));
});

test('in a long query one word may be unknown when nobody has all', () => {
  expect(found('amina haddad nowhere')[0]).toBe(1);
  expect(indexOf(PEOPLE).search('amina haddad nowhere', 1)[0]?.why[2]).toBeNull();
});

describe('patients change', () => {
  test('a changed patient is found by the new name only', () => {
    const index = indexOf(PEOPLE);
    index.put(person(1, 'Layla', 'Sow'));
    expect(found('layla', index)).toEqual([1]);
    expect(found('haddad', index)).toEqual([7]);
    expect(index.size()).toBe(PEOPLE.length);
  });
  test('a removed patient is not found, and may come back', () => {
    const index = indexOf(PEOPLE);
    index.remove(idOf(1));
    index.remove(idOf(99));
    expect(found('5678', index)).toEqual([]);
    expect(index.size()).toBe(PEOPLE.length - 1);
    index.put(PEOPLE[0] as PatientSummary);
    expect(found('5678', index)).toEqual([1]);
  });
  test('says when so much changed that it should be built anew', () => {
    const index = indexOf(PEOPLE);
    expect(index.isWorthRebuilding()).toBe(false);
    for (let i = 0; i < 1200; i += 1) index.put(person(1, `Name ${i}`, 'Sow'));
    expect(index.isWorthRebuilding()).toBe(true);
  });
});

describe('saved and loaded', () => {
  test('answers the same and can still change', () => {
    const before = indexOf(PEOPLE);
    before.remove(idOf(6));
    const bytes = before.save();
    const copy = bytes.slice();
    const loaded = loadPatientIndex(bytes) as PatientIndex;
    for (const query of ['amina', 'محمد', '5678', 'kone', 'm'])
      expect(found(query, loaded)).toEqual(found(query, before));
    loaded.put(person(9, 'Amina', 'Sow'));
    loaded.put(person(1, 'Layla', 'Touré'));
    loaded.remove(idOf(7));
    expect(found('amina', loaded)).toEqual([9, 4]);
    expect(found('layla', loaded)).toEqual([1]);
    expect(bytes).toEqual(copy);
    expect(found('layla', loadPatientIndex(loaded.save()) as PatientIndex)).toEqual([1]);
  });
  test('reads bytes that begin anywhere in a buffer', () => {
    const bytes = indexOf(PEOPLE).save();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(found('amina', loadPatientIndex(shifted.subarray(3)) as PatientIndex)).toEqual(found('amina'));
  });
  test('bytes of another format, or cut short, are refused', () => {
    const bytes = indexOf(PEOPLE).save();
    expect(loadPatientIndex(new Uint8Array(0))).toBeNull();
    expect(loadPatientIndex(bytes.subarray(0, bytes.length - 4))).toBeNull();
    const other = bytes.slice();
    other[4] = 99;
    expect(loadPatientIndex(other)).toBeNull();
  });
});

describe('among 4,000 patients', () => {
  let patients: readonly GeneratedPatient[] = [];
  let index = createPatientIndex();
  beforeAll(() => {
    patients = aPatientList(1, 4000);
    index = indexOf(patients.map(summaryOf));
  });

  const recall = (queries: QuerySet) => {
    const drawn = queries(patients, 2, 300);
    const hits = drawn.filter(({ text, meant }) => index.search(text, 20).some(({ id }) => id === meant.id));
    return hits.length / drawn.length;
  };

  test.each([
    ['the starts of both names', prefixQueries, 0.98],
    ['a mistake in each name', typoQueries, 0.9],
    ['the other script', transliteratedQueries, 0.95],
    ['the last digits of the phone', phoneQueries, 0.99],
    ['the inside of an id', insideIdQueries, 0.99],
  ])('%s finds who was meant among the first 20', (_, queries, least) => {
    expect(recall(queries)).toBeGreaterThanOrEqual(least);
  });
});
