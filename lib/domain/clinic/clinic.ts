import { z } from 'zod';
import { hasFlag, isAdmin } from '../../access/actor.ts';
import { collection, type RecordOf } from '../collection.ts';
import { id, instant, openCode, optional, presence, text } from '../field-types.ts';

const timeZone = {
  ...text(64),
  schema: z.string().refine(isTimeZone, 'not a time zone'),
};

export const clinics = collection({
  name: 'clinics',
  scope: 'org',
  mayWrite: ({ actor, recordId, kind, creation }) =>
    isAdmin(actor) || (kind === 'put' && !creation && hasFlag(actor, 'clinic-admin', recordId)),
  fields: {
    name: text(120),
    /** Printed on cards and slips. */
    code: text(12),
    timeZone,
    address: optional(text(300)),
    phone: optional(text(30)),
    country: optional(openCode()),
    registrationFormId: optional(id()),
    diagnosisFavourites: presence(),
    archivedAt: optional(instant()),
  },
});
export type Clinic = RecordOf<typeof clinics>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (fault) {
    if (fault instanceof RangeError) return false;
    throw fault;
  }
}
