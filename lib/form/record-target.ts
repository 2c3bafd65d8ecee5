/**
 * Where `record` may send an answer, with the unit and storage limits of the target (data.md §9; LOINC codes from the
 * same table). A question must be of the same kind and unit, or 38.5 would one day be stored as Fahrenheit.
 */
export type RecordTarget =
  | {
      readonly kind: 'number';
      readonly unit: string;
      readonly min: number;
      readonly max: number;
      readonly decimals: number;
      readonly loinc: string;
      readonly measure?: 'glucose';
    }
  | { readonly kind: 'choice'; readonly codes: readonly string[] }
  | { readonly kind: 'yes-no' | 'text' | 'date' };

const measure = (unit: string, min: number, max: number, decimals: number, loinc: string): RecordTarget => ({
  kind: 'number',
  unit,
  min,
  max,
  decimals,
  loinc,
});

const TEXT: RecordTarget = { kind: 'text' };

export const RECORD_TARGETS: Readonly<Record<string, RecordTarget>> = {
  'vitals.systolicMmHg': measure('mm[Hg]', 20, 350, 0, '8480-6'),
  'vitals.diastolicMmHg': measure('mm[Hg]', 10, 250, 0, '8462-4'),
  'vitals.bpPosition': { kind: 'choice', codes: ['sitting', 'standing', 'lying'] },
  'vitals.pulsePerMin': measure('/min', 10, 350, 0, '8867-4'),
  'vitals.respiratoryRatePerMin': measure('/min', 3, 150, 0, '9279-1'),
  'vitals.temperatureCelsius': measure('Cel', 20, 46, 2, '8310-5'),
  'vitals.oxygenSaturationPercent': measure('%', 20, 100, 1, '59408-5'),
  'vitals.onOxygen': { kind: 'yes-no' },
  'vitals.weightKg': measure('kg', 0.2, 500, 3, '29463-7'),
  'vitals.heightCm': measure('cm', 15, 260, 1, '8302-2'),
  'vitals.heightMethod': { kind: 'choice', codes: ['standing', 'lying'] },
  'vitals.headCircumferenceCm': measure('cm', 10, 80, 1, '9843-4'),
  'vitals.muacCm': measure('cm', 4, 70, 1, '56072-2'),
  'vitals.waistCm': measure('cm', 20, 300, 1, '8280-0'),
  'vitals.glucoseMmolL': {
    kind: 'number',
    unit: 'mmol/L',
    min: 0.2,
    max: 120,
    decimals: 2,
    loinc: '15074-8',
    measure: 'glucose',
  },
  'vitals.glucoseContext': { kind: 'choice', codes: ['random', 'fasting', 'after-meal'] },
  'vitals.painScore': measure('{score}', 0, 10, 0, '72514-3'),
  'vitals.gcsTotal': measure('{score}', 3, 15, 0, '9269-2'),
  'vitals.consciousness': { kind: 'choice', codes: ['alert', 'confused', 'voice', 'pain', 'unresponsive'] },
  'vitals.oedema': { kind: 'yes-no' },
  'patients.phone': TEXT,
  'patients.phone2': TEXT,
  'patients.region': TEXT,
  'patients.village': TEXT,
  'patients.camp': TEXT,
  'patients.address': TEXT,
  'patients.deceasedOn': { kind: 'date' },
};

/** The target of a question, if it has a known one. */
export function recordTarget(record: string | null | undefined): RecordTarget | null {
  return record && Object.hasOwn(RECORD_TARGETS, record) ? (RECORD_TARGETS[record] ?? null) : null;
}
