import { compileForm } from './calculation.ts';
import { type FormDefinition, type FormField, fieldsOf, formDefinitionSchema, SILENT_TYPES } from './definition.ts';
import { FORM_LIMITS } from './limits.ts';
import { expressionProblems } from './publish-expression.ts';
import { fieldProblems } from './publish-field.ts';
import { labelProblems } from './publish-labels.ts';
import { error, type PublishProblem, warning } from './publish-problem.ts';
import { registrationProblems } from './publish-registration.ts';

/**
 * Everything that speaks against publishing a definition; without an `error` it may be published. `previousVersions`
 * are all published versions of the same form: an id keeps its type for ever, an option once published is retired,
 * never removed.
 */
export function publishProblems(
  received: unknown,
  previousVersions: readonly FormDefinition[] = [],
  kind: 'event' | 'registration' = 'event',
): PublishProblem[] {
  const tooLarge = sizeProblems(received);
  if (tooLarge.length > 0) return tooLarge;
  const parsed = formDefinitionSchema.safeParse(received);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, code }) => error('malformed', path.join('.'), { reason: code }));
  }
  const definition = parsed.data;
  const fields = fieldsOf(definition);
  return [
    ...countProblems(fields.map(({ field }) => field)),
    ...idProblems(definition),
    ...fields.flatMap(({ field, repeat }) => fieldProblems(field, repeat ? `${repeat.id}.${field.id}` : field.id)),
    ...expressionProblems(definition),
    ...cycleProblems(definition),
    ...scoreProblems(definition),
    ...recordTwiceProblems(definition),
    ...labelProblems(definition),
    ...previousVersions.flatMap((previous) => versionProblems(definition, previous)),
    ...registrationProblems(definition, kind),
  ];
}

/** Whether nothing of what was found stops the publishing. */
export const mayPublish = (problems: readonly PublishProblem[]): boolean =>
  problems.every(({ severity }) => severity === 'warning');

function sizeProblems(received: unknown): PublishProblem[] {
  const bytes = utf8Length(JSON.stringify(received) ?? '');
  const max = FORM_LIMITS.definitionBytes;
  return bytes > max ? [error('too-large', '', { bytes, max })] : [];
}

/** `TextEncoder` is not part of the language, so it is not here. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function countProblems(fields: readonly FormField[]): PublishProblem[] {
  const max = FORM_LIMITS.fields;
  if (fields.length > max) return [error('too-many-fields', '', { count: fields.length, max })];
  return fields.some(({ type }) => !SILENT_TYPES.has(type)) ? [] : [error('no-question', '')];
}

function idProblems(definition: FormDefinition): PublishProblem[] {
  const fields = fieldsOf(definition);
  const lists = [
    fields.map(({ field }) => field.id),
    definition.pages.map(({ id }) => id),
    (definition.scores ?? []).map(({ id }) => id),
  ];
  const twice = lists.flatMap((ids) => [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))]);
  const inRows = fields.filter(({ field, repeat }) => repeat !== null && field.id === 'order');
  return [
    ...twice.map((id) => error('duplicate-id', id)),
    ...inRows.map(({ repeat }) => error('id-reserved', `${repeat?.id}.order`)),
  ];
}

function cycleProblems(definition: FormDefinition): PublishProblem[] {
  return compileForm(definition).cycles.map((ids) => error('cycle', ids[0] ?? '', { ids: ids.join(', ') }));
}

function scoreProblems({ pages, scores }: FormDefinition): PublishProblem[] {
  const ids = new Set(pages.flatMap(({ fields }) => fields.map(({ id }) => id)));
  return (scores ?? []).flatMap(({ id, sum, bands }) => {
    const ordered = [...(bands ?? [])].sort((left, right) => left.from - right.from);
    const overlap = ordered.some(
      ({ from, to }, index) => from > to || from <= (ordered[index - 1]?.to ?? Number.NEGATIVE_INFINITY),
    );
    return [
      ...sum.filter((fieldId) => !ids.has(fieldId)).map((name) => error('unknown-reference', id, { name })),
      ...(overlap ? [error('bands-overlap', id)] : []),
    ];
  });
}

/** Two questions may lead to one vital sign when only one is shown; both shown, the later would win silently. */
function recordTwiceProblems(definition: FormDefinition): PublishProblem[] {
  const seen = new Set<string>();
  return fieldsOf(definition).flatMap(({ field, repeat }) => {
    if (!field.record) return [];
    if (repeat) return [error('record-type', `${repeat.id}.${field.id}`, { record: field.record, type: 'repeat' })];
    const twice = seen.has(field.record);
    seen.add(field.record);
    return twice ? [warning('record-twice', field.id, { record: field.record })] : [];
  });
}

function versionProblems(definition: FormDefinition, previous: FormDefinition): PublishProblem[] {
  const before = new Map(fieldsOf(previous).map(({ field, repeat }) => [field.id, { field, repeat }]));
  return fieldsOf(definition).flatMap(({ field, repeat }) => {
    const old = before.get(field.id);
    if (!old) return [];
    const path = repeat ? `${repeat.id}.${field.id}` : field.id;
    if (old.field.type !== field.type || old.repeat?.id !== repeat?.id) {
      return [error('id-reused-for-another-type', path, { before: old.field.type, now: field.type })];
    }
    return removedOptions(old.field, field).map((code) => error('option-removed', path, { code }));
  });
}

function removedOptions(before: FormField, now: FormField): string[] {
  if (!('options' in before) || !('options' in now)) return [];
  const kept = new Set(now.options.map(({ code }) => code));
  return before.options.map(({ code }) => code).filter((code) => !kept.has(code));
}
