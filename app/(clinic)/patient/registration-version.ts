import { deterministicId } from '../../../lib/domain/identity.ts';
import { isDeleted, type StoredRecord } from '../../../lib/replication/record.ts';

/** The built-in registration form, where an organisation has it (data.md §7). */
const BUILT_IN_FORM = deterministicId('forms', 'registration');

/** A form with the version that new answers are given to. */
export interface CurrentForm {
  readonly formId: string;
  readonly versionId: string;
}

/**
 * The registration form of a clinic: its own, else the published one that belongs to no clinic, else the built-in one.
 * Null when none of them is on this phone.
 */
export function registrationForm(forms: readonly StoredRecord[], clinicFormId: string | null): CurrentForm | null {
  const known = forms.filter((form) => form.values.kind === 'registration' && !isDeleted(form));
  const own = known.find((form) => form.id === clinicFormId);
  const general = known
    .filter((form) => form.values.status === 'published' && clinicsOf(form).length === 0)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  const builtIn = known.find((form) => form.id === BUILT_IN_FORM);
  for (const form of [own, ...general.filter((one) => one.id !== BUILT_IN_FORM), ...general, builtIn]) {
    const versionId = form?.values.currentVersionId;
    if (form !== undefined && typeof versionId === 'string') return { formId: form.id, versionId };
  }
  return null;
}

/** The clinics a form is for; none = all. */
export function clinicsOf(form: StoredRecord): string[] {
  return Object.keys(form.values)
    .filter((key) => key.startsWith('clinicIds.') && form.values[key] === true)
    .map((key) => key.slice('clinicIds.'.length));
}
