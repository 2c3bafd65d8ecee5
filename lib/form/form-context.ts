import { knownAge } from '../domain/calendar-date.ts';
import type { Json } from '../replication/json.ts';
import { type Answers, isRecord } from './filled-form.ts';
import type { ReferenceKind, Scope } from './scope.ts';

/** What a form is filled about. `occurredOn` is the event's day: the same answers give the same result for ever. */
export interface FormContext {
  readonly occurredOn: string;
  readonly patient?: { readonly sex?: string | null; readonly birthDate?: string | null } | undefined;
  readonly visit?: { readonly kind?: string | null; readonly departmentId?: string | null } | undefined;
  /** The patient's last answers to the same form. */
  readonly previous?: Answers | undefined;
  readonly clinical?: Scope['clinical'] | undefined;
}

/** Reads the references that do not depend on the answers being given. */
export function contextReader(context: FormContext): (kind: ReferenceKind, name: string) => Json {
  const { patient, visit, previous } = context;
  const age = knownAge(patient?.birthDate, context.occurredOn);
  const known: Readonly<Record<string, Json>> = {
    'patient.ageDays': age.days,
    'patient.ageMonths': age.months,
    'patient.ageYears': age.years,
    'patient.sex': patient?.sex ?? null,
    'patient.birthDate': patient?.birthDate ?? null,
    'visit.kind': visit?.kind ?? null,
    'visit.departmentId': visit?.departmentId ?? null,
  };
  return (kind, name) => {
    if (kind === 'previous') return previous && Object.hasOwn(previous, name) ? (previous[name] ?? null) : null;
    return known[`${kind}.${name}`] ?? null;
  };
}

/** The value an expression sees: of a birth date with its "estimated" mark, the date. */
export const readable = (value: Json | undefined): Json => {
  if (isRecord(value) && 'estimated' in value) return value.date ?? null;
  return value ?? null;
};
