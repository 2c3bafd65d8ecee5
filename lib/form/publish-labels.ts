import { type FormDefinition, type FormField, fieldsOf, type Labels } from './definition.ts';
import { error, type PublishProblem, warning } from './publish-problem.ts';

/**
 * Labels of every language the form names. The first language is the one shown when another is missing, so its
 * labels are needed; the others only warn.
 */
export function labelProblems(definition: FormDefinition): PublishProblem[] {
  const [first = '', ...others] = definition.languages;
  return labelsOf(definition).flatMap(([path, labels]) => {
    const isMissing = (language: string) => !labels?.[language]?.trim();
    return [
      ...(isMissing(first) ? [error('label-missing', path, { language: first })] : []),
      ...others.filter(isMissing).map((language) => warning('label-missing', path, { language })),
    ];
  });
}

type Place = [path: string, labels: Labels | null | undefined];

function labelsOf(definition: FormDefinition): Place[] {
  const pages = definition.pages.filter(({ title }) => title).map(({ id, title }): Place => [id, title]);
  const scores = (definition.scores ?? []).flatMap(({ id, label, bands }): Place[] => [
    [id, label],
    ...(bands ?? []).map((band): Place => [id, band.label]),
  ]);
  const fields = fieldsOf(definition).flatMap(({ field, repeat }) =>
    labelsOfField(field, repeat ? `${repeat.id}.${field.id}` : field.id),
  );
  return [['title', definition.title], ...pages, ...fields, ...scores];
}

function labelsOfField(field: FormField, path: string): Place[] {
  const options = 'options' in field ? field.options : [];
  const own: (Labels | null | undefined)[] =
    field.type === 'note'
      ? [field.text]
      : field.type === 'separator'
        ? [field.text ?? field.label].filter((labels) => labels)
        : [field.label];
  // Texts that may be left out need every language once they are there.
  const optional = [
    field.hint,
    field.type === 'text' ? field.patternMessage : null,
    field.type === 'repeat' ? field.addLabel : null,
    field.type === 'scale' ? field.minLabel : null,
    field.type === 'scale' ? field.maxLabel : null,
  ].filter((labels) => labels);
  return [
    ...[...own, ...optional].map((labels): Place => [path, labels]),
    ...options.map(({ code, label }): Place => [`${path}:${code}`, label]),
  ];
}
