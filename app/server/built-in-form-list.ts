import { deterministicId } from '../../lib/domain/identity.ts';
import { antenatalVisit } from '../../lib/form/built-in/antenatal-visit.ts';
import { childVisit } from '../../lib/form/built-in/child-visit.ts';
import { generalConsultation } from '../../lib/form/built-in/general-consultation.ts';
import { registrationForm } from '../../lib/form/built-in/registration.ts';

/** Ids of data.md §7: every server publishes the built-in forms as the same records. */
export const REGISTRATION_FORM = deterministicId('forms', 'registration');
export const GENERAL_CONSULTATION_FORM = deterministicId('forms', 'general-consultation');

/** The forms that come with the program. `atOnce`: a fresh organisation has it from its first start. */
export const BUILT_IN_FORMS = [
  { formId: REGISTRATION_FORM, kind: 'registration', definition: registrationForm, atOnce: true },
  { formId: GENERAL_CONSULTATION_FORM, kind: 'event', definition: generalConsultation, atOnce: true },
  { formId: deterministicId('forms', 'child-visit'), kind: 'event', definition: childVisit, atOnce: false },
  { formId: deterministicId('forms', 'antenatal-visit'), kind: 'event', definition: antenatalVisit, atOnce: false },
] as const;

export type BuiltInForm = (typeof BUILT_IN_FORMS)[number];

/** What publishes one as its first version, for all clinics. */
export function firstVersionOf({ formId, kind, definition }: BuiltInForm) {
  return { formId, kind, name: definition.title, number: 1, definition, editable: true, clinicIds: [] };
}
