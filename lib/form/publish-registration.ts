import { type FormDefinition, type FormField, fieldsOf } from './definition.ts';
import { error, type PublishProblem } from './publish-problem.ts';
import { baseField, NOT_IN_REGISTRATION } from './registration.ts';

/** The rules that only a registration form, or only an event form, has. */
export function registrationProblems(definition: FormDefinition, kind: 'event' | 'registration'): PublishProblem[] {
  const fields = fieldsOf(definition).map(({ field }) => field);
  if (kind === 'event') {
    return fields.filter(isForRegistration).map(({ id }) => error('registration-only', id));
  }
  const bases = fields.flatMap(({ base }) => (base ? [base] : []));
  const hasName = bases.includes('givenName') || bases.includes('familyName');
  return [
    ...fields.flatMap(registrationFieldProblems),
    ...fields
      .filter(({ base }, index) => base && fields.findIndex((other) => other.base === base) !== index)
      .map(({ id, base }) => error('base-twice', id, { base: base ?? '' })),
    ...(hasName ? [] : [error('name-missing', '')]),
  ];
}

const isForRegistration = ({ base, summary, search, visible }: FormField): boolean =>
  Boolean(base) || summary === true || search === true || visible === false;

function registrationFieldProblems(field: FormField): PublishProblem[] {
  if (NOT_IN_REGISTRATION.has(field.type)) return [error('type-not-in-registration', field.id, { type: field.type })];
  if (!field.base) return [];
  const base = baseField(field);
  if (!base) return [error('unknown-base', field.id, { base: field.base })];
  if (!base.types.includes(field.type)) return [error('base-type', field.id, { base: field.base, type: field.type })];
  if (!('options' in field) || !base.codes) return [];
  const foreign = field.options.filter(({ code }) => !base.codes?.includes(code));
  return foreign.map(({ code }) => error('base-codes', field.id, { base: field.base ?? '', code }));
}
