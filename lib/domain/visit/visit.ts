import { oneOf, rights } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, date, id, instant, optional, text } from '../field-types.ts';

export const VISIT_KINDS = [
  'consultation',
  'follow-up',
  'antenatal',
  'postnatal',
  'child',
  'emergency',
  'vaccination',
  'pharmacy-only',
  'home',
  'telephone',
  'other',
] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];
export const TRIAGE_LEVELS = ['red', 'orange', 'yellow', 'green', 'blue'] as const;

export const visits = collection({
  name: 'visits',
  scope: 'desk',
  place: 'chart',
  mayWrite: rights({
    create: oneOf('edit-records', 'register-patients'),
    change: oneOf('edit-records', 'register-patients'),
    remove: oneOf('delete-visits'),
  }),
  groups: { station: ['station', 'stationState', 'stationSince'], closing: ['status', 'closedAt'] },
  fields: {
    patientId: id(),
    clinicId: id(),
    occurredAt: instant(),
    /** The day in the clinic's time zone: what reports count by. */
    occurredOn: date(),
    kind: code(VISIT_KINDS),
    reason: optional(text(300)),
    providerId: optional(id()),
    providerName: optional(text(120)),
    departmentId: optional(id()),
    status: code(['open', 'closed']),
    closedAt: optional(instant()),
    station: optional(id()),
    stationState: optional(code(['waiting', 'in-progress', 'done'])),
    stationSince: optional(instant()),
    triage: optional(code(TRIAGE_LEVELS)),
    appointmentId: optional(id()),
  },
});
export type Visit = RecordOf<typeof visits>;
