import { clinicalRecord } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, date, decimal, id, instant, integer, keyed, optional } from '../field-types.ts';

/** Measures and their storage limits: data.md §9. Outside them is a wrong unit or a slipped key. */
export const vitals = collection({
  name: 'vitals',
  scope: 'record',
  place: 'chart',
  reason: 'yes',
  parents: { patientId: 'patients', visitId: 'visits', eventId: 'events' },
  mayWrite: clinicalRecord,
  groups: {
    bp: ['systolicMmHg', 'diastolicMmHg', 'bpPosition'],
    height: ['heightCm', 'heightMethod'],
    glucose: ['glucoseMmolL', 'glucoseContext'],
  },
  fields: {
    patientId: id(),
    clinicId: id(),
    visitId: optional(id()),
    eventId: optional(id()),
    occurredAt: instant(),
    occurredOn: date(),
    providerId: id(),
    systolicMmHg: optional(integer(20, 350)),
    diastolicMmHg: optional(integer(10, 250)),
    bpPosition: optional(code(['sitting', 'standing', 'lying'])),
    pulsePerMin: optional(integer(10, 350)),
    respiratoryRatePerMin: optional(integer(3, 150)),
    temperatureCelsius: optional(decimal(4, 2, 20, 46)),
    oxygenSaturationPercent: optional(decimal(4, 1, 20, 100)),
    onOxygen: optional(boolean()),
    weightKg: optional(decimal(6, 3, 0.2, 500)),
    heightCm: optional(decimal(5, 1, 15, 260)),
    heightMethod: optional(code(['standing', 'lying'])),
    headCircumferenceCm: optional(decimal(4, 1, 10, 80)),
    muacCm: optional(decimal(4, 1, 4, 70)),
    waistCm: optional(decimal(5, 1, 20, 300)),
    glucoseMmolL: optional(decimal(5, 2, 0.2, 120)),
    glucoseContext: optional(code(['random', 'fasting', 'after-meal'])),
    painScore: optional(integer(0, 10)),
    gcsTotal: optional(integer(3, 15)),
    consciousness: optional(code(['alert', 'confused', 'voice', 'pain', 'unresponsive'])),
    oedema: optional(boolean()),
    /** What was typed when it was in another unit: `{ value, unit }` by measure. */
    entered: keyed(),
    /** Implausible but true: the reason by measure. */
    confirmed: keyed(),
  },
  fault: (values) => {
    const bp = values.bp as { systolicMmHg: number | null; diastolicMmHg: number | null } | undefined;
    if (bp == null || bp.systolicMmHg === null || bp.diastolicMmHg === null) return null;
    return bp.systolicMmHg > bp.diastolicMmHg ? null : 'bp';
  },
});
export type Vitals = RecordOf<typeof vitals>;
