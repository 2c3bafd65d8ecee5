import { afterEach, describe, expect, it } from 'vitest';
import { dateBounds, knownAge, monthsApart, yearsApart } from '../../../lib/domain/calendar-date.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { validate } from '../../../lib/form/validation.ts';
import { aForm, ask, filledWith } from './a-form.ts';

describe('ages', () => {
  it.each([
    ['2026-11-21', '2026-11-21', { days: 0, months: 0, years: 0 }],
    ['2024-02-29', '2025-02-28', { days: 365, months: 11, years: 0 }],
    ['1996', '2026-03-01', { days: 10957, months: 360, years: 30 }],
    ['2025', '2026-11-21', { days: null, months: null, years: 1 }],
    ['2026-09', '2026-11-21', { days: 61, months: 2, years: 0 }],
    ['2027-01-01', '2026-11-21', { days: null, months: null, years: null }],
    [null, '2026-11-21', { days: null, months: null, years: null }],
    ['2026-02-30', '2026-11-21', { days: null, months: null, years: null }],
  ])('%s on %s', (birth, today, expected) => {
    expect(knownAge(birth, today)).toEqual(expected);
  });

  it('counts at the precision both dates share', () => {
    expect(yearsApart('1996', '2026-01-01')).toBe(30);
    expect(yearsApart('1996-05', '2026-04-30')).toBe(29);
    expect(monthsApart('2026', '2026-05-01')).toBeNull();
    expect(monthsApart('2026-03-10', '2026-01-10')).toBe(-2);
    expect(yearsApart('2026-03-10', '2025-12-10')).toBe(0);
    expect(dateBounds('2024-02')).toEqual({ first: '2024-02-01', last: '2024-02-29' });
  });
});

describe('calendar dates in every time zone', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('are the same text, counted alike', () => {
    const form = aForm([
      ask({ id: 'lmp', type: 'date', max: ['today'], min: ['addDays', ['today'], -300] }),
      ask({ id: 'due', type: 'calculated', calculate: ['edd', { field: 'lmp' }] }),
      ask({ id: 'days', type: 'calculated', calculate: ['daysBetween', { field: 'lmp' }, ['today']] }),
      ask({ id: 'age', type: 'calculated', calculate: { patient: 'ageDays' } }),
    ]);
    const offsets = new Set<number>();
    const results = new Set<string>();
    for (const name of ['Pacific/Kiritimati', 'UTC', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Pago_Pago']) {
      process.env.TZ = name;
      offsets.add(new Date(2026, 0, 1).getTimezoneOffset());
      const context = { occurredOn: '2026-11-21', patient: { birthDate: '2026-03-29' } };
      const answers = { lmp: '2026-11-21' };
      const { values } = evaluateForm(form, answers, context);
      results.add(JSON.stringify([values, validate(form, filledWith(answers), context)]));
    }
    expect(offsets.size).toBe(5);
    expect([...results]).toEqual([JSON.stringify([{ lmp: '2026-11-21', age: 237, due: '2027-08-28', days: 0 }, []])]);
  });
});
