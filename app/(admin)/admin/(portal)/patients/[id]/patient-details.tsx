'use client';
import { type FormDefinition, fieldsOf, labelIn, readDefinition } from '../../../../../../lib/form/definition.ts';
import { otherKey } from '../../../../../../lib/form/filled-form.ts';
import { joinRegistrationAnswers } from '../../../../../../lib/form/registration.ts';
import type { Json } from '../../../../../../lib/replication/json.ts';
import { formatDate, formatInstant } from '../../../../../../lib/text/format.ts';
import { codeLabel, isLabelKey } from '../../../../../../lib/text/translate.ts';
import { answerText } from '../../../../../(clinic)/form/answer-text.ts';
import type { SeenChart } from '../../../../../server/chart.ts';
import { useText } from '../../../../../ui/text-provider.tsx';
import { Facts } from '../../../../facts.tsx';

/** Every base and custom field that is known, in the words of the registration form it was filled in with. */
export function PatientDetails({ chart }: { chart: SeenChart }) {
  const { t, language } = useText();
  const { patient } = chart;
  const definition = definitionOf(chart, patient.registrationVersionId ?? chart.currentVersionId);
  const asked = useAskedFields(definition, patient.fields);
  const rest = useOtherFields(definition, patient.fields);
  const registered = patient.createdAt && {
    key: 'registered',
    label: t('patients.registered'),
    value: `${formatInstant(language, patient.createdAt)} · ${chart.names[patient.createdBy ?? ''] ?? ''}`,
  };
  return <Facts facts={[...asked, ...rest, ...(registered ? [registered] : [])]} />;
}

export function definitionOf({ versions }: SeenChart, versionId: string | null): FormDefinition | null {
  const read = versionId === null ? null : readDefinition(versions[versionId]?.definition);
  return read?.ok ? read.definition : null;
}

type Fields = Readonly<Record<string, Json>>;

function useAskedFields(definition: FormDefinition | null, fields: Fields) {
  const { t, language } = useText();
  if (definition === null) return [];
  const attributes = (fields.attributes ?? {}) as Record<string, Json>;
  const answers = joinRegistrationAnswers(definition, { base: fields, attributes });
  return fieldsOf(definition).flatMap(({ field }) => {
    const value = answerText({ t, language, definition }, field, answers[field.id], answers[otherKey(field.id)]);
    return value === null ? [] : [{ key: field.id, label: labelIn(field.label, language, definition), value }];
  });
}

const SILENT = new Set([
  ...['clinicId', 'homeClinicId', 'registrationVersionId', 'mergedIntoId', 'attributes', 'photo'],
  'birthDateEstimated',
]);
const CODED: Readonly<Record<string, string>> = { sex: 'sex', guardianRelation: 'relation' };

/** What is known although that form does not ask it: from another form, another version, an import. */
function useOtherFields(definition: FormDefinition | null, fields: Fields) {
  const { t, language } = useText();
  const questions = definition === null ? [] : fieldsOf(definition).map(({ field }) => field);
  const bases = new Set(questions.map(({ base }) => base));
  const ids = new Set(questions.flatMap(({ id }) => [id, otherKey(id)]));
  const shown = (name: string, value: Json) => {
    if (CODED[name] !== undefined) return codeLabel(t, CODED[name], String(value));
    if (typeof value === 'string') return /On$|Date$/.test(name) ? formatDate(language, value) : value;
    return JSON.stringify(value);
  };
  const base = Object.entries(fields).filter(
    ([name, value]) => value !== null && !SILENT.has(name) && !bases.has(name),
  );
  const attributes = Object.entries((fields.attributes ?? {}) as Record<string, Json>).filter(
    ([id, value]) => value !== null && !ids.has(id),
  );
  return [
    ...base.map(([name, value]) => {
      const key = `patient.field.${name}`;
      return { key: name, label: isLabelKey(key) ? t(key) : name, value: shown(name, value) };
    }),
    ...attributes.map(([id, value]) => ({ key: `attributes.${id}`, label: id, value: shown(id, value) })),
  ];
}
