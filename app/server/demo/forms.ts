import { publishForm } from '../../../lib/domain/form/publish-form.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import { antenatalVisit } from '../../../lib/form/built-in/antenatal-visit.ts';
import { childVisit } from '../../../lib/form/built-in/child-visit.ts';
import { generalConsultation } from '../../../lib/form/built-in/general-consultation.ts';
import { registrationForm } from '../../../lib/form/built-in/registration.ts';
import type { FormDefinition, FormField } from '../../../lib/form/definition.ts';
import { GENERAL_CONSULTATION_FORM, REGISTRATION_FORM } from '../built-in-form-list.ts';
import type { DemoWorld } from './demo-world.ts';
import { householdPage } from './household-page.ts';
import { ADMIN, OPENED_DAYS_AGO } from './staff.ts';

const LOINC = 'http://loinc.org';

export const CHILD_FORM = deterministicId('forms', 'child-visit');
export const ANTENATAL_FORM = deterministicId('forms', 'antenatal-visit');
export type EventForm = 'general' | 'child' | 'antenatal';

/** The day from which event forms are filled in their second version. */
export const SECOND_VERSION_DAYS_AGO = 210;

function measure(
  id: string,
  label: [en: string, ar: string],
  record: string,
  loinc: string,
  unit: string,
  range: { min: number; max: number; softMin: number; softMax: number; decimals?: number },
): FormField {
  const code = { system: LOINC, code: loinc };
  return { id, type: 'number', label: { en: label[0], ar: label[1] }, code, record, unit, decimals: 0, ...range };
}

/** The definition with more questions at the end of one of its pages. */
function withMore(definition: FormDefinition, pageId: string, fields: FormField[]): FormDefinition {
  const pages = definition.pages.map((page) =>
    page.id === pageId ? { ...page, fields: [...page.fields, ...fields] } : page,
  );
  return { ...definition, pages };
}

const secondConsultation = withMore(generalConsultation, 'examination', [
  measure('systolic', ['Blood pressure, upper', 'ضغط الدم الانقباضي'], 'vitals.systolicMmHg', '8480-6', 'mm[Hg]', {
    ...{ min: 20, max: 350, softMin: 80, softMax: 200 },
  }),
  {
    ...measure(
      'diastolic',
      ['Blood pressure, lower', 'ضغط الدم الانبساطي'],
      'vitals.diastolicMmHg',
      '8462-4',
      'mm[Hg]',
      {
        ...{ min: 10, max: 250, softMin: 40, softMax: 120 },
      },
    ),
    requiredIf: ['answered', { field: 'systolic' }],
  },
  measure(
    'breaths',
    ['Breaths in one minute', 'عدد مرات التنفس في الدقيقة'],
    'vitals.respiratoryRatePerMin',
    '9279-1',
    '/min',
    {
      ...{ min: 3, max: 150, softMin: 8, softMax: 80 },
    },
  ),
  measure('oxygen', ['Oxygen saturation', 'تشبع الأكسجين'], 'vitals.oxygenSaturationPercent', '59408-5', '%', {
    ...{ min: 20, max: 100, softMin: 85, softMax: 100 },
  }),
]);

const secondChildVisit = withMore(childVisit, 'measures', [
  {
    ...measure('temperature', ['Temperature', 'درجة الحرارة'], 'vitals.temperatureCelsius', '8310-5', 'Cel', {
      ...{ min: 20, max: 46, softMin: 35, softMax: 41, decimals: 1 },
    }),
    units: ['Cel', '[degF]'],
  } as FormField,
  {
    id: 'vitaminA',
    type: 'yes-no',
    label: { en: 'Vitamin A in the last six months', ar: 'فيتامين أ خلال الأشهر الستة الماضية' },
    showIf: ['>=', { patient: 'ageMonths' }, 6],
    unsure: true,
  },
]);

const secondAntenatalVisit = withMore(antenatalVisit, 'measures', [
  {
    id: 'haemoglobin',
    type: 'number',
    label: { en: 'Haemoglobin', ar: 'الهيموغلوبين' },
    allowMissing: ['not-done'],
    ...{ min: 2, max: 25, softMin: 6, softMax: 18, decimals: 1 },
    unit: 'g/dL',
  },
]);

const { pages, ...registration } = registrationForm;
/** The built-in registration form and a page of the camp's own. */
export const campRegistration: FormDefinition = { ...registration, pages: [...pages, householdPage] };

/** Every form of the demo with the definitions of its versions, first to last. */
export const DEMO_FORMS = {
  registration: { formId: REGISTRATION_FORM, kind: 'registration', versions: [registrationForm, campRegistration] },
  general: { formId: GENERAL_CONSULTATION_FORM, kind: 'event', versions: [generalConsultation, secondConsultation] },
  child: { formId: CHILD_FORM, kind: 'event', versions: [childVisit, secondChildVisit] },
  antenatal: { formId: ANTENATAL_FORM, kind: 'event', versions: [antenatalVisit, secondAntenatalVisit] },
} as const;

/** Publishes every version. The camp's registration form is there from the start. */
export function publishForms(world: DemoWorld): void {
  for (const { formId, kind, versions } of Object.values(DEMO_FORMS)) {
    versions.forEach((definition, index) => {
      const number = index + 1;
      const late = number === 2 && kind === 'event';
      const atMs = late
        ? world.calendar.at(SECOND_VERSION_DAYS_AGO, 7, 0)
        : world.calendar.at(OPENED_DAYS_AGO, 10, 10 * index);
      const input = { formId, kind, name: definition.title, number, definition, editable: true, clinicIds: [] };
      world.run(publishForm, input, ADMIN, atMs);
    });
  }
}
