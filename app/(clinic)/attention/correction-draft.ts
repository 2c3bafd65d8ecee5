import type { Chart } from '../../../db/device/charts.ts';
import { patients } from '../../../lib/domain/patient/patient.ts';
import { keysToAnswers } from '../../../lib/form/answers.ts';
import type { FormDefinition } from '../../../lib/form/definition.ts';
import { EMPTY_FORM, type FilledForm } from '../../../lib/form/filled-form.ts';
import { joinRegistrationAnswers } from '../../../lib/form/registration.ts';
import { type Action, type Change, isEmptied } from '../../../lib/replication/change.ts';
import { fieldsOf } from '../../../lib/replication/declaration.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { isDeleted, type StoredRecord } from '../../../lib/replication/record.ts';
import { seenStamps } from '../event/seen-stamps.ts';
import type { FormDraft } from '../form/saved-form.ts';

/** A form version on this phone: whose it is, and what it asks. */
export interface KnownVersion {
  readonly formId: string;
  readonly definition: FormDefinition;
}

export interface Correcting {
  readonly action: Action;
  /** The patient's chart as it stands; null when nothing of him is here. */
  readonly chart: Chart | null;
  /** A form version, or null when it is not here. */
  readonly versionOf: (versionId: string) => KnownVersion | null;
  /** The version that the clinic registers with today. */
  readonly registrationVersionId: string | null;
}

/**
 * A refused action as a draft of the form it was made with, filled in with what was refused; null when it was not made
 * with a form, or what it stands on is not here. Saving the draft makes new changes.
 */
export function correctionDraft(correcting: Correcting): FormDraft | null {
  const puts = correcting.action.changes.filter((change) => change.kind === 'put' && !isEmptied(change));
  const event = puts.find((change) => change.collection === 'events');
  if (event !== undefined) return eventDraft(correcting, event);
  const patient = puts.find((change) => change.collection === 'patients');
  if (patient !== undefined) return patientDraft(correcting, patient);
  const measured = puts.find((change) => change.collection === 'vitals');
  return measured === undefined ? null : vitalsDraft(correcting, measured);
}

function recordOf({ chart }: Correcting, collection: string, id: unknown): StoredRecord | null {
  const found = chart?.records.find((one) => one.collection === collection && one.id === id);
  return found === undefined || isDeleted(found) ? null : found;
}

function patientDraft(correcting: Correcting, { recordId, fields }: Change): FormDraft | null {
  const held = recordOf(correcting, 'patients', recordId);
  const versionId = text(fields.registrationVersionId) ?? correcting.registrationVersionId;
  const version = versionId === null ? null : correcting.versionOf(versionId);
  if (version === null || versionId === null) return null;
  const values = { ...held?.values, ...fields };
  const about = {
    ...{ recordId, patientId: recordId, visitId: null, formId: version.formId, formVersionId: versionId },
    ...{ title: version.definition.title, filled: registrationOf(version.definition, values) },
    resends: correcting.action.id,
  };
  if (held === null) return { ...about, kind: 'registration' };
  const opened = { filled: registrationOf(version.definition, held.values), seen: seenStamps(held) };
  return { ...about, kind: 'patient', opened };
}

function registrationOf(definition: FormDefinition, values: Readonly<Record<string, Json>>): FilledForm {
  const base = fieldsOf(patients, values);
  const attributes = (base.attributes ?? {}) as Readonly<Record<string, Json>>;
  return { ...EMPTY_FORM, answers: joinRegistrationAnswers(definition, { base, attributes }) };
}

function eventDraft(correcting: Correcting, change: Change): FormDraft | null {
  const held = recordOf(correcting, 'events', change.recordId);
  if (held !== null) return correctedEvent(correcting, held, change.fields, change.reason);
  const { patientId, visitId, formId, formVersionId } = change.fields;
  const version = text(formVersionId) === null ? null : correcting.versionOf(text(formVersionId)!);
  if (version === null || text(patientId) === null || recordOf(correcting, 'visits', visitId) === null) return null;
  return {
    ...{ kind: 'event', recordId: change.recordId, patientId: text(patientId)!, visitId: text(visitId) },
    ...{ formId: text(formId) ?? version.formId, formVersionId: text(formVersionId)!, title: version.definition.title },
    ...{ filled: keysToAnswers(change.fields), resends: correcting.action.id },
  };
}

/** Vitals are corrected through the form that recorded them. */
function vitalsDraft(correcting: Correcting, { recordId, fields, reason }: Change): FormDraft | null {
  const eventId = fields.eventId ?? recordOf(correcting, 'vitals', recordId)?.values.eventId;
  const held = recordOf(correcting, 'events', eventId);
  return held === null ? null : correctedEvent(correcting, held, {}, reason);
}

function correctedEvent(
  correcting: Correcting,
  held: StoredRecord,
  fields: Readonly<Record<string, Json>>,
  reason: string | null,
): FormDraft | null {
  const { patientId, visitId, formId, formVersionId } = held.values;
  const version = correcting.versionOf(String(formVersionId));
  if (version === null) return null;
  const opened = { filled: keysToAnswers(held.values), seen: seenStamps(held) };
  return {
    ...{ kind: 'correction', recordId: held.id, patientId: String(patientId), visitId: text(visitId) },
    ...{ formId: String(formId), formVersionId: String(formVersionId), title: version.definition.title },
    ...{ filled: keysToAnswers(fields, opened.filled), opened, resends: correcting.action.id },
    reason: { code: reason === null ? null : 'other', words: reason ?? '' },
  };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
