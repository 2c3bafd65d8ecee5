import { isDeleted, type StoredRecord } from '../../../lib/replication/record.ts';
import { clinicsOf } from '../patient/registration-version.ts';

/** The forms that can be filled in a visit here, by their heading: published, for this clinic and department, with a version. */
export function eventForms(
  forms: readonly StoredRecord[],
  clinicId: string,
  departmentId: string | null,
): StoredRecord[] {
  const offered = forms.filter((form) => {
    const { kind, status, currentVersionId } = form.values;
    const clinics = clinicsOf(form);
    const departments = departmentsOf(form);
    return (
      kind === 'event' &&
      status === 'published' &&
      typeof currentVersionId === 'string' &&
      !isDeleted(form) &&
      (clinics.length === 0 || clinics.includes(clinicId)) &&
      (departments.length === 0 || departmentId === null || departments.includes(departmentId))
    );
  });
  return offered.sort((left, right) => heading(left).localeCompare(heading(right)) || (left.id < right.id ? -1 : 1));
}

function departmentsOf(form: StoredRecord): string[] {
  return Object.keys(form.values)
    .filter((key) => key.startsWith('departmentIds.') && form.values[key] === true)
    .map((key) => key.slice('departmentIds.'.length));
}

function heading(form: StoredRecord): string {
  return typeof form.values.group === 'string' ? form.values.group : '';
}

/** The patient's last entry of the same form, for "same as before". */
export function previousEntry(records: readonly StoredRecord[], formId: string, notThis: string): StoredRecord | null {
  const same = records.filter(
    (one) => one.collection === 'events' && one.values.formId === formId && one.id !== notThis && !isDeleted(one),
  );
  same.sort((left, right) => (String(left.values.occurredAt) < String(right.values.occurredAt) ? 1 : -1));
  return same[0] ?? null;
}
