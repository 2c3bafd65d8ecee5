import { oneOf, rights } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, date, id, instant, integer, openCode, optional, text } from '../field-types.ts';
import { idFrom } from '../identity.ts';
import { VISIT_KINDS } from '../visit/visit.ts';

const mayWriteAppointment = rights({
  create: oneOf('edit-records', 'register-patients'),
  change: oneOf('edit-records', 'register-patients'),
  remove: oneOf('delete-records'),
});

export const appointments = collection({
  name: 'appointments',
  scope: 'desk',
  place: 'chart',
  mayWrite: mayWriteAppointment,
  groups: { time: ['startsAt', 'startsOn', 'durationMinutes'], status: ['status', 'visitId', 'cancelReason'] },
  fields: {
    patientId: id(),
    clinicId: id(),
    providerId: optional(id()),
    startsAt: instant(),
    startsOn: date(),
    durationMinutes: integer(1, 1440),
    kind: code(VISIT_KINDS),
    reason: optional(text(300)),
    note: optional(text(500)),
    status: code(['booked', 'arrived', 'in-progress', 'fulfilled', 'cancelled', 'no-show']),
    walkIn: boolean(),
    visitId: optional(id()),
    reminder: optional(openCode()),
    cancelReason: optional(text(300)),
  },
});
export type Appointment = RecordOf<typeof appointments>;

/** A department that an appointment passes through. Id: v5 of appointment and department. */
export const appointmentDepartments = collection({
  name: 'appointmentDepartments',
  scope: 'desk',
  place: 'chart',
  mayWrite: mayWriteAppointment,
  idOf: idFrom('appointmentDepartments', 'appointmentId', 'departmentId'),
  parents: { patientId: 'patients', appointmentId: 'appointments' },
  groups: { seen: ['status', 'seenAt', 'seenBy'] },
  fields: {
    patientId: id(),
    clinicId: id(),
    appointmentId: id(),
    departmentId: id(),
    status: code(['waiting', 'in-progress', 'done', 'skipped']),
    seenAt: optional(instant()),
    seenBy: optional(id()),
  },
});
export type AppointmentDepartment = RecordOf<typeof appointmentDepartments>;
