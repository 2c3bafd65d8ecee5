import { z } from 'zod';
import { adminOnly } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { integer, json, openCode, optional, text } from '../field-types.ts';
import { deterministicId } from '../identity.ts';

/** The one record of the organisation has a known id, so two replicas never make two. */
export const ORGANISATION_ID = deterministicId('organisation');

const unitsSchema = z.strictObject({
  temperature: z.enum(['Cel', '[degF]']),
  weight: z.enum(['kg', '[lb_av]']),
  glucose: z.enum(['mmol/L', 'mg/dL']),
});

export const organisation = collection({
  name: 'organisation',
  scope: 'org',
  idOf: () => ORGANISATION_ID,
  mayWrite: adminOnly,
  fields: {
    name: text(120),
    languages: json(z.array(z.string()).min(1)),
    defaultLanguage: openCode(),
    /** For display only; records are always in the unit of their field's name. */
    units: json(unitsSchema),
    idleLockMinutes: integer(1, 120),
    pinLength: integer(4, 12),
    /** Days of history that a phone keeps; null = all. */
    historyDays: optional(integer(30, 36_500)),
    autoCloseVisitHours: integer(1, 720),
  },
});
export type Organisation = RecordOf<typeof organisation>;
