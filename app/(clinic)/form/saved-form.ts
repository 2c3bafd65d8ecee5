import type { FilledForm } from '../../../lib/form/filled-form.ts';

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
}

/** The screen where a draft goes on. */
export function draftHref({ kind, recordId, patientId, visitId, formId }: Omit<FormDraft, 'filled' | 'title'>): string {
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
