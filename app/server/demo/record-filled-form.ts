import { recordEvent } from '../../../lib/domain/event/record-event.ts';
import { formVersionId } from '../../../lib/domain/form/publish-form.ts';
import type { FormDefinition } from '../../../lib/form/definition.ts';
import { fieldsOf } from '../../../lib/form/definition.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import { enterNumber } from '../../../lib/form/number-field.ts';
import { childAnswers, consultationAnswers, type Seen } from './answers.ts';
import { antenatalAnswers } from './antenatal-answers.ts';
import type { Build, Findings } from './body.ts';
import type { DemoWorld } from './demo-world.ts';
import { DEMO_FORMS, type EventForm } from './forms.ts';
import { MOBILE_TEAM, nurseOf } from './staff.ts';
import type { MadeVisit } from './visits.ts';

export interface FormToFill extends MadeVisit {
  readonly build: Build;
  readonly findings: Findings;
  readonly form: EventForm;
  readonly version: 1 | 2;
}

/** Fills a form of a visit and saves it, with the vitals that its questions record. */
export function recordFilledForm(world: DemoWorld, visit: FormToFill): void {
  const { form, version, person, visitId, atMs } = visit;
  const { formId, versions } = DEMO_FORMS[form];
  const filled = typedAbroad(world, visit, versions[version - 1]!, answersOf(world, visit));
  const about = { eventId: world.newId(), patientId: person.id, visitId };
  const inForm = { formId, formVersionId: formVersionId(formId, version) };
  const input = { ...about, ...inForm, filled: onlyAsked(versions[version - 1]!, filled) };
  world.run(recordEvent, input, nurseOf(person.clinicId), atMs);
}

function answersOf(
  world: DemoWorld,
  { form, person, build, findings, illness, daysAgo, weeks }: FormToFill,
): FilledForm {
  const seen: Seen = { person, build, findings, illness, day: world.calendar.dayOf(daysAgo) };
  if (form === 'child') return childAnswers(world, seen);
  if (form === 'general') return consultationAnswers(world, seen);
  return antenatalAnswers(world, seen, weeks ?? 0, world.calendar.dayOf(person.lastPeriodDaysAgo ?? 0));
}

/** The first version does not ask what the second does. */
function onlyAsked(definition: FormDefinition, { answers, entered, missing }: FilledForm) {
  const asked = new Set(fieldsOf(definition).map(({ field }) => field.id));
  const kept = Object.entries(answers).filter(([id]) => asked.has(id));
  return { answers: Object.fromEntries(kept), entered: { ...entered }, missing: { ...missing } };
}

/** The mobile team has a thermometer in °F. And once, a temperature is hard to believe, and true. */
function typedAbroad(world: DemoWorld, visit: FormToFill, definition: FormDefinition, filled: FilledForm): FilledForm {
  const celsius = filled.answers.temperature;
  const field = fieldsOf(definition).find((one) => one.field.id === 'temperature')?.field;
  if (field?.type !== 'number' || typeof celsius !== 'number') return filled;
  if (visit.form === 'general' && visit.illness === 'malaria' && world.once('unusual temperature'))
    return burning(filled);
  if (visit.person.clinicId !== MOBILE_TEAM) return filled;
  const typed = Number(((celsius * 9) / 5 + 32).toFixed(1));
  const stored = enterNumber(field, typed, '[degF]');
  if (stored === null) return filled;
  const temperature = { value: typed, unit: '[degF]' };
  return { ...filled, answers: { ...filled.answers, temperature: stored.value }, entered: { temperature } };
}

function burning(filled: FilledForm): FilledForm {
  const ill = { temperature: 41.4, condition: 'severely-ill', referred: true };
  const confirmed = 'Measured twice, with two thermometers';
  return { ...filled, answers: { ...filled.answers, ...ill }, entered: { temperature: { confirmed } } };
}
