import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  ageAt,
  birthDateFromAge,
  calendarDayIn,
  daysBetween,
  earliestDay,
  isCalendarDate,
  isPartialDate,
  latestDay,
  monthsBetween,
  precisionOf,
  yearsBetween,
} from '../../../lib/domain/calendar-date.ts';
import { calendarDateSchema, instantSchema, partialDateSchema } from '../../../lib/domain/field-types.ts';

const day = fc.integer({ min: -700_000, max: 2_900_000 }).map((n) => addDays('1970-01-01', n));

describe('what is a date', () => {
  test.each(['2026-11-21', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (text) => {
    expect(isCalendarDate(text)).toBe(true);
    expect(calendarDateSchema.parse(text)).toBe(text);
  });
  test.each(['2026', '2026-11', '2026-02-29', '1900-02-29', '2026-00-10', '2026-13-01', '2026-04-31', '2026-04-00'])(
    '%s is not',
    (text) => {
      expect(isCalendarDate(text)).toBe(false);
      expect(calendarDateSchema.safeParse(text).success).toBe(false);
    },
  );
  test.each(['0000-01-01', '2026-1-1', '2026-11-21T00:00:00Z', ' 2026-11-21', '٢٠٢٦-١١-٢١', '', null, 20261121])(
    'neither is %j',
    (value) => expect(isCalendarDate(value)).toBe(false),
  );
  test('a partial date says how much is known', () => {
    expect(['1996', '1996-02', '1996-02-29'].map(precisionOf)).toEqual(['year', 'month', 'day']);
    expect(['1996', '1996-02', '1997-02', '1996-02-29'].map(earliestDay)).toEqual([
      '1996-01-01',
      '1996-02-01',
      '1997-02-01',
      '1996-02-29',
    ]);
    expect(['1996', '1996-02', '1997-02', '1996-02-29'].map(latestDay)).toEqual([
      '1996-12-31',
      '1996-02-29',
      '1997-02-28',
      '1996-02-29',
    ]);
    for (const wrong of ['1996-', '1996-2', '1996-13', '96', '0000']) {
      expect(isPartialDate(wrong)).toBe(false);
      expect(partialDateSchema.safeParse(wrong).success).toBe(false);
    }
  });
  test('an instant is UTC with milliseconds', () => {
    expect(instantSchema.safeParse('2026-11-21T10:15:00.000Z').success).toBe(true);
    for (const wrong of [
      '2026-11-21T10:15:00Z',
      '2026-11-21T24:00:00.000Z',
      '2026-02-30T10:15:00.000Z',
      '2026-11-21T10:15:00.000+02:00',
    ]) {
      expect(instantSchema.safeParse(wrong).success).toBe(false);
    }
  });
});

describe('counting days, months and years', () => {
  test.each([
    ['2026-11-21', 1, '2026-11-22'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2023-02-28', 1, '2023-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['1970-01-01', 20_000, '2024-10-04'],
  ])('%s + %i days = %s', (from, days, to) => {
    expect(addDays(from, days)).toBe(to);
    expect(daysBetween(from, to)).toBe(days);
  });
  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-11-21', -24, '2024-11-21'],
    ['2026-01-15', -1, '2025-12-15'],
  ])('%s + %i months = %s', (from, months, to) => expect(addMonths(from, months)).toBe(to));
  test.each([
    ['2026-01-31', '2026-02-28', 0],
    ['2020-02-29', '2021-02-28', 11],
    ['2020-02-29', '2021-03-01', 12],
    ['2026-01-15', '2026-03-14', 1],
    ['2026-03-14', '2026-01-15', -1],
    ['2026-03-14', '2026-03-14', 0],
  ])('%s to %s is %i months', (from, to, months) => expect(monthsBetween(from, to)).toBe(months));
  test('years are completed years', () => {
    expect(yearsBetween('1996-11-22', '2026-11-21')).toBe(29);
    expect(yearsBetween('1996-11-21', '2026-11-21')).toBe(30);
  });
  test('adding and counting agree, and days agree with UTC', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -5000, max: 5000 }), (from, days) => {
        const to = addDays(from, days);
        expect(daysBetween(from, to)).toBe(days);
        expect(daysBetween(from, to)).toBe((Date.parse(to) - Date.parse(from)) / 86_400_000);
        expect(from < to).toBe(days > 0);
      }),
    );
  });
  test('outside the calendar is an error, not another date', () => {
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('2026-02-30', 1)).toThrow(RangeError);
  });
});

describe('age', () => {
  test.each([
    ['1996-11-21', '2026-11-21', [30, 0, 0]],
    ['1996-11-22', '2026-11-21', [29, 11, 30]],
    ['2026-01-31', '2026-03-01', [0, 1, 1]],
    ['2026-11-21', '2026-11-21', [0, 0, 0]],
    ['1996', '2026-11-21', [30, 0, 0]],
    ['2025-03', '2026-11-21', [1, 8, 0]],
    ['2025-02', '2026-03-31', [1, 1, 3]],
  ])('born %s, on %s', (birth, on, [years, months, days]) => {
    expect(ageAt(birth, on)).toMatchObject({ years, months, days });
  });
  test('counts the whole age too and says how exactly it is known', () => {
    expect(ageAt('2024-11-21', '2026-11-22')).toMatchObject({ totalMonths: 24, totalDays: 731, precision: 'day' });
    expect(ageAt('1996', '2026-11-21')).toMatchObject({ totalMonths: 360, precision: 'year' });
  });
  test('nobody has an age before birth', () => {
    expect(ageAt('2026-11-22', '2026-11-21')).toBeNull();
    expect(ageAt('2027', '2026-11-21')).toBeNull();
  });
  test.each([
    [{ years: 30 }, '1996'],
    [{ years: 2 }, '2024'],
    [{ years: 1, months: 11 }, '2024-12'],
    [{ years: 0, months: 0 }, '2026-11'],
    [{ years: 0, months: 11 }, '2025-12'],
    [{ years: 3, months: 11 }, '2022'],
  ])('an age of %j is stored as %s', (age, birth) => expect(birthDateFromAge(age, '2026-11-21')).toBe(birth));
  test('an age in years is shown again as it was told', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 40 }), (today, years) => {
        expect(ageAt(birthDateFromAge({ years }, today), today)?.years).toBe(years);
      }),
    );
  });
});

describe('the clinic’s day', () => {
  test.each([
    ['2026-11-21T23:30:00.000Z', 'Asia/Amman', '2026-11-22'],
    ['2026-11-21T23:30:00.000Z', 'America/Guatemala', '2026-11-21'],
    ['2026-11-21T00:30:00.000Z', 'America/Guatemala', '2026-11-20'],
    ['2026-03-29T22:30:00.000Z', 'Asia/Beirut', '2026-03-30'],
    ['2026-11-21T23:30:00.000Z', 'UTC', '2026-11-21'],
  ])('%s in %s is %s', (at, zone, expected) => expect(calendarDayIn(at, zone)).toBe(expected));

  test('and all of this is the same in every time zone of the machine', () => {
    const module = new URL('../../../lib/domain/calendar-date.ts', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then((d) => console.log(JSON.stringify([
      d.addDays('2026-03-28', 1), d.addDays('2026-10-24', 1), d.addMonths('2026-01-31', 1),
      d.daysBetween('2026-03-01', '2026-11-01'), d.ageAt('2011-12-29', '2012-01-01'),
      d.calendarDayIn('2026-11-21T23:30:00.000Z', 'Asia/Amman')])))`;
    const inZone = (TZ: string) =>
      execFileSync(process.execPath, ['-e', script], { env: { ...process.env, TZ }, encoding: 'utf8' });
    const zones = ['UTC', 'Pacific/Apia', 'America/St_Johns', 'Asia/Beirut', 'Pacific/Kiritimati'];
    expect(new Set(zones.map(inZone)).size).toBe(1);
  });
});
