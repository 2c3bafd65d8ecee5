import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatePrecision, nothingTyped, readPartialDate, typedOf } from '../../../app/ui/partial-date.ts';

const today = '2026-11-21';
const read = (precision: DatePrecision, typed: Partial<typeof nothingTyped>, estimated = false) =>
  readPartialDate(precision, { ...nothingTyped, ...typed }, estimated, today);

describe('a date known more or less', () => {
  it('tells half a date from none, and from boxes that the precision does not ask', () => {
    expect(read('day', { day: '3', month: '2' })).toMatchObject({ date: null, problem: null, incomplete: true });
    expect(read('day', {})).toMatchObject({ date: null, incomplete: false });
    expect(read('year', { day: '3' })).toMatchObject({ date: null, incomplete: false });
    expect(read('day', { day: '3', month: '2', year: '1990' })).toMatchObject({
      date: '1990-02-03',
      incomplete: false,
    });
  });

  it('keeps exactly what is known', () => {
    expect(read('day', { day: '3', month: '2', year: '1990' }).date).toBe('1990-02-03');
    expect(read('month', { day: '3', month: '2', year: '1990' }).date).toBe('1990-02');
    expect(read('year', { month: '2', year: '١٩٩٠' })).toMatchObject({ date: '1990', estimated: false });
    expect(read('year', { year: '1990' }, true).estimated).toBe(true);
    expect(read('unknown', { year: '1990' }, true)).toMatchObject({ date: null, estimated: false, problem: null });
  });

  it('turns an age into a year, under two years into a month, and marks it estimated', () => {
    expect(read('age', { ageYears: '30' })).toMatchObject({ date: '1996', estimated: true });
    expect(read('age', { ageYears: '1', ageMonths: '2' })).toMatchObject({ date: '2025-09', estimated: true });
    expect(read('age', { ageMonths: '11' }).date).toBe('2025-12');
    expect(read('age', { ageMonths: '23' }).date).toBe('2024-12');
    expect(read('age', { ageMonths: '24' }).date).toBe('2024');
    expect(read('age', { ageYears: '0' }).date).toBe('2026-11');
    expect(read('age', {}).date).toBeNull();
    expect(read('age', { ageYears: '151' }).problem).toBe('invalid');
  });

  it('refuses days that do not exist or have not come', () => {
    expect(read('day', { day: '29', month: '2', year: '2023' }).problem).toBe('invalid');
    expect(read('day', { day: '29', month: '2', year: '2024' }).date).toBe('2024-02-29');
    expect(read('day', { day: '22', month: '11', year: '2026' }).problem).toBe('future');
    expect(read('day', { day: '21', month: '11', year: '2026' }).date).toBe(today);
    expect(read('month', { month: '12', year: '2026' }).problem).toBe('future');
    expect(read('year', { year: '2026' }).date).toBe('2026');
    expect(read('year', { year: '90' }).problem).toBe('invalid');
  });

  it('shows a stored date in the boxes it came from', () => {
    const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-21'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.constantFrom(4, 7, 10), (date, length) => {
        const stored = date.toISOString().slice(0, length);
        const { precision, typed } = typedOf(stored);
        expect(readPartialDate(precision, typed, false, today).date).toBe(stored);
      }),
    );
  });
});
