import { describe, expect, it } from 'vitest';
import {
  keyLabel,
  type Reading,
  toldKeys,
  valueText,
} from '../../../app/(admin)/admin/(portal)/attention/record-words.ts';
import { COLLECTIONS } from '../../../lib/domain/collections.ts';
import { childVisit } from '../../../lib/form/built-in/child-visit.ts';
import { en } from '../../../lib/text/labels/en/en.ts';
import { recordLabel } from '../../../lib/text/record-label.ts';
import { translatorOf } from '../../../lib/text/translate.ts';

const t = translatorOf('en', en);
const CLINIC = '018f3a5e-0000-7000-8000-000000000001';
const VERSION = '018f3a5e-0000-7000-8000-000000000002';
const words = {
  names: {
    [CLINIC]: { text: 'Camp North', labels: null, number: null },
    [VERSION]: { text: null, labels: { en: 'Child visit', ar: 'زيارة طفل' }, number: 3 },
  },
  origins: {},
  definitions: {},
};
const reading = (collection: string, more: Partial<Reading> = {}): Reading => ({
  ...{ t, language: 'en', words, collection, definition: null },
  ...more,
});
const held = COLLECTIONS.filter(({ place }) => place !== 'none');

describe('records and their fields have names', () => {
  it.each(COLLECTIONS.map(({ name }) => name))('%s', (name) => {
    expect(recordLabel(t, name)).not.toBe(name);
  });

  it.each(held.map((collection) => [collection.name, collection] as const))('every key of %s', (name, collection) => {
    const grouped = new Set(Object.values(collection.groups).flat());
    const keys = [
      ...Object.keys(collection.fields).filter((key) => !grouped.has(key)),
      ...Object.keys(collection.groups),
    ];
    const told = toldKeys(Object.fromEntries([...keys, ...grouped].map((key) => [key, null])));
    const nameless = told.filter((key) => keyLabel(reading(name), key) === key);
    // Conflicts are never edited by a person.
    if (name !== 'conflicts') expect(nameless).toEqual([]);
  });
});

describe('values are read out in words', () => {
  it.each([
    ['patients', 'sex', 'female', 'Female'],
    ['patients', 'birth', { birthDate: '1990', birthDateEstimated: true }, '1990 (Estimated)'],
    [
      'patients',
      'guardian',
      { guardianName: 'Rana', guardianPhone: null, guardianRelation: 'mother' },
      'Guardian’s name: Rana · Relation to the patient: Mother',
    ],
    ['patients', 'homeClinicId', CLINIC, 'Camp North'],
    ['patients', 'phone', null, null],
    ['visits', 'kind', 'follow-up', 'Follow-up'],
    ['visits', 'occurredOn', '2026-11-21', 'Nov 21, 2026'],
    ['vitals', 'weightKg', 60.5, '60.5 kg'],
    ['vitals', 'bp', { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: 'sitting' }, '120 mmHg · 80 mmHg · Sitting'],
    ['forms', 'currentVersionId', VERSION, 'Child visit, version 3'],
    [
      'appointments',
      'status',
      { status: 'arrived', visitId: CLINIC, cancelReason: null },
      t('code.appointmentStatus.arrived'),
    ],
    ['forms', 'kind', 'registration', 'Registration form'],
    ['forms', 'status', 'draft', 'Draft'],
    ['forms', 'name', { en: 'Fever', ar: 'حمى' }, 'en: Fever · ar: حمى'],
    ['permissions', 'flags.prescribe', true, 'Yes'],
    ['clinics', 'archivedAt', '2026-11-21T08:00:00.000Z', expect.stringContaining('Nov 21, 2026')],
    ['stockMovements', 'kind', 'waste', t('code.stockMovementKind.waste')],
  ] as const)('%s %s', (collection, key, value, expected) => {
    expect(valueText(reading(collection), key, value as never)).toEqual(expected);
  });

  it('a flag is called what it allows, a clinic of a form by its name', () => {
    expect(keyLabel(reading('permissions'), 'flags.prescribe')).toBe('Prescribe');
    expect(keyLabel(reading('forms'), `clinicIds.${CLINIC}`)).toBe('For the clinic: Camp North');
  });

  it('an answer is read in the words of its question', () => {
    const definition = childVisit as unknown as NonNullable<Reading['definition']>;
    const asked = definition.pages.flatMap(({ fields }) => fields).find(({ type }) => type === 'number')!;
    const ofEvent = reading('events', { definition });
    expect(keyLabel(ofEvent, `answers.${asked.id}`)).toBe((asked.label as Record<string, string>).en);
    expect(valueText(ofEvent, `answers.${asked.id}`, 38)).toMatch(/^38/);
    expect(keyLabel(ofEvent, 'answers.gone')).toBe('Answer: gone');
  });
});
