import type { FilledForm } from '../../../lib/form/filled-form.ts';
import type { Stamp } from '../../../lib/replication/stamp.ts';
import type { Reason } from '../event/correction-reason.tsx';

/** What a form that is being filled will become. Kept sealed, at every pause. */
export interface FormDraft {
  readonly kind: 'registration' | 'patient' | 'event' | 'correction';
  /** The record it will become, or changes. */
  readonly recordId: string;
  readonly patientId: string;
  readonly visitId: string | null;
  readonly formId: string;
  readonly formVersionId: string;
  readonly title: Readonly<Record<string, string>>;
  readonly filled: FilledForm;
  /** Of a form that changes a record. A draft goes on from what its editor saw, not from what stands there now. */
  readonly opened?: OpenedForm;
  readonly reason?: Reason;
  /** The refused action that it says again: saving the form deals with that one. */
  readonly resends?: string;
}

/** What a form that goes on from a draft must keep saying of itself. */
export function resent(draft: { readonly content: FormDraft } | null): Pick<FormDraft, 'resends'> {
  const resends = draft?.content.resends;
  return resends === undefined ? {} : { resends };
}

/** What stood in a record when a form that changes it opened. */
export interface OpenedForm {
  readonly filled: FilledForm;
  readonly seen: Record<string, Stamp[]>;
}

/** The screen where a draft goes on. */
export function draftHref({
  kind,
  recordId,
  patientId,
  visitId,
  formId,
}: Pick<FormDraft, 'kind' | 'recordId' | 'patientId' | 'visitId' | 'formId'>): string {
  switch (kind) {
    case 'registration':
      return `/c/register/${recordId}`;
    case 'patient':
      return `/c/patients/${patientId}/edit`;
    case 'event':
      return `/c/patients/${patientId}/visits/${visitId}/forms/${formId}/${recordId}`;
    case 'correction':
      return `/c/patients/${patientId}/events/${recordId}/correct`;
  }
}
