import { describe, expect, it } from 'vitest';
import { FormStore } from '../../../app/(clinic)/form/form-store.ts';
import { shownUnit } from '../../../app/(clinic)/form/shown-unit.ts';
import { instantOf, localOf } from '../../../app/(clinic)/form/time-zone.ts';
import type { FieldOf, FormDefinition } from '../../../lib/form/definition.ts';
import { EMPTY_FORM } from '../../../lib/form/filled-form.ts';

describe('a date and time', () => {
  it('is that of the clinic, wherever the phone thinks it is', () => {
    expect(instantOf('2026-11-21T14:30', 'Asia/Beirut')).toBe('2026-11-21T12:30:00.000Z');
    expect(instantOf('2026-07-01T14:30', 'Asia/Beirut')).toBe('2026-07-01T11:30:00.000Z');
    expect(instantOf('2026-11-21T00:10', 'Pacific/Kiritimati')).toBe('2026-11-20T10:10:00.000Z');
    expect(localOf('2026-11-20T10:10:00.000Z', 'Pacific/Kiritimati')).toBe('2026-11-21T00:10');
    expect(localOf('', 'Asia/Beirut')).toBe('');
  });

  it('comes back as it was typed, at every hour of a day when the clocks change', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      for (let hour = 5; hour < 24; hour++) {
        const local = `${day}T${String(hour).padStart(2, '0')}:45`;
        expect(localOf(instantOf(local, 'Europe/Madrid'), 'Europe/Madrid')).toBe(local);
      }
    }
  });
});

it('a number stands beside the unit it is in, also when it was taken over and not typed', () => {
  const label = { en: 'Temperature' };
  const field: FieldOf<'number'> = { id: 'temp', type: 'number', label, unit: 'Cel', units: ['Cel', '[degF]'] };
  const definition: FormDefinition = {
    ...{ format: 1, languages: ['en'], title: label },
    pages: [{ id: 'p', fields: [field] }],
  };
  const store = new FormStore(definition, { occurredOn: '2026-11-21' }, EMPTY_FORM);
  const unit = () => shownUnit(field, store.fieldState('temp'), '[degF]');
  expect(unit()).toBe('[degF]');
  store.step({ kind: 'number', path: 'temp', field, value: 102, unit: unit() });
  expect([store.fieldState('temp').entered?.value, unit()]).toEqual([102, '[degF]']);
  store.step({ kind: 'answer', path: 'temp', value: 38.2 });
  expect(unit()).toBe('Cel');
});
