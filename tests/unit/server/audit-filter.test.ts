import { expect, it } from 'vitest';
import { isFiltered, NO_FILTERS, patientIn, queryOf } from '../../../app/(admin)/admin/(portal)/audit/audit-filter.ts';

const ID = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c';

it('a patient is told by the card’s link or the id; a number names nobody', () => {
  for (const patient of [ID, ` ${ID.toUpperCase()} `, `https://clinic.example/p/${ID}`])
    expect(patientIn({ ...NO_FILTERS, patient })).toBe(ID);
  for (const patient of ['', 'Amina', '1135747488', ID.slice(1)])
    expect(patientIn({ ...NO_FILTERS, patient })).toBeNull();
});

it('a day is asked for from midnight to midnight where the reader is, the days of a time change included', () => {
  const zone = process.env.TZ;
  try {
    for (const [tz, day, hours] of [
      ['Asia/Beirut', '2026-11-21', 24],
      ['Europe/Paris', '2026-03-29', 23],
      ['Europe/Paris', '2026-10-25', 25],
    ] as const) {
      process.env.TZ = tz;
      const query = queryOf({ ...NO_FILTERS, day });
      const [from, to] = [new Date(query.get('from')!), new Date(query.get('to')!)];
      expect([tz, from.getHours(), to.getHours()]).toEqual([tz, 0, 0]);
      expect([tz, day, (to.getTime() - from.getTime()) / 3_600_000]).toEqual([tz, day, hours]);
    }
  } finally {
    process.env.TZ = zone;
  }
});

it('says whether anything is filtered at all', () => {
  expect(isFiltered(NO_FILTERS)).toBe(false);
  expect(isFiltered({ ...NO_FILTERS, patient: 'x' })).toBe(true);
  expect(String(queryOf(NO_FILTERS))).toBe('');
});
