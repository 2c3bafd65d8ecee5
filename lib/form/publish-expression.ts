import type { FormDefinition, FormField, RepeatField } from './definition.ts';
import { fieldsOf } from './definition.ts';
import { type Expression, expressionNodes, isCall, referenceOf } from './expression.ts';
import { interpolatedIds } from './interpolation.ts';
import { OPERATORS } from './operators/operators.ts';
import { patternProblem } from './pattern.ts';
import { error, type PublishProblem } from './publish-problem.ts';
import type { ReferenceKind } from './scope.ts';

/** Every expression of a form: known operators, right number of arguments, references to what exists there. */
export function expressionProblems(definition: FormDefinition): PublishProblem[] {
  const names = namesOf(definition);
  const pages = definition.pages.flatMap(({ id, showIf }) => check(showIf, id, { names, repeat: null, filter: false }));
  const fields = fieldsOf(definition).flatMap(({ field, repeat }) => {
    const path = repeat ? `${repeat.id}.${field.id}` : field.id;
    const place = { names, repeat, filter: false };
    const own = expressionsOf(field).flatMap((expression) => check(expression, path, place));
    const inRow = field.type === 'repeat' ? check(field.rowLabel, path, { ...place, repeat: field }) : [];
    const filter = 'filter' in field ? check(field.filter, path, { ...place, filter: true }) : [];
    return [...own, ...inRow, ...filter, ...textProblems(field, path, names)];
  });
  return [...pages, ...fields];
}

interface Names {
  readonly fields: ReadonlySet<string>;
  readonly scores: ReadonlySet<string>;
}

interface Place {
  readonly names: Names;
  readonly repeat: RepeatField | null;
  readonly filter: boolean;
}

function namesOf({ pages, scores }: FormDefinition): Names {
  return {
    fields: new Set(pages.flatMap(({ fields }) => fields.map(({ id }) => id))),
    scores: new Set((scores ?? []).map(({ id }) => id)),
  };
}

function expressionsOf(field: FormField): (Expression | null | undefined)[] {
  const bounds = field.type === 'date' ? [field.min, field.max] : [];
  return [field.showIf, field.requiredIf, field.readOnlyIf, field.default, field.calculate, ...bounds];
}

function check(expression: Expression | null | undefined, path: string, place: Place): PublishProblem[] {
  return expressionNodes(expression).flatMap((node) => {
    if (node === null || typeof node !== 'object') return [];
    if (isCall(node)) return checkCall(node, path, place);
    const reference = referenceOf(node);
    return reference ? checkReference(reference, path, place) : [error('unknown-reference', path, { name: '' })];
  });
}

function checkCall([name, ...operands]: readonly [string, ...Expression[]], path: string, place: Place) {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) return [error('unknown-operator', path, { name })];
  if (operands.length < operator.least || operands.length > operator.most) {
    return [error('wrong-argument-count', path, { name, least: operator.least, most: operator.most })];
  }
  if (name === 'matches') return checkPattern(operands[1], path);
  return name === 'sum' || name === 'countRows' ? checkRows(name, operands, path, place) : [];
}

function checkPattern(pattern: Expression | undefined, path: string): PublishProblem[] {
  const reason = typeof pattern === 'string' ? patternProblem(pattern) : 'not-literal';
  return reason ? [error('pattern-refused', path, { reason })] : [];
}

/** `sum` and `countRows` read the rows of a repeat and, by its id, a question in them. */
function checkRows(name: string, [rows, field]: Expression[], path: string, { names }: Place): PublishProblem[] {
  const isFieldReference = rows !== null && typeof rows === 'object' && !isCall(rows) && rows.field !== undefined;
  if (!isFieldReference) return [error('wrong-argument-count', path, { name, least: 1, most: 2 })];
  if (field !== undefined && (typeof field !== 'string' || names.fields.has(field))) {
    return [error('unknown-reference', path, { name: String(field) })];
  }
  return [];
}

const CONTEXT_NAMES: Readonly<Record<string, readonly string[]>> = {
  patient: ['ageDays', 'ageMonths', 'ageYears', 'sex', 'birthDate'],
  visit: ['kind', 'departmentId'],
  option: ['code', 'tags', 'score'],
};

function checkReference([kind, name]: [ReferenceKind, string], path: string, place: Place): PublishProblem[] {
  if (kind === 'row' && !place.repeat) return [error('reference-out-of-place', path, { name })];
  if (kind === 'option' && !place.filter) return [error('reference-out-of-place', path, { name })];
  return isKnown(kind, name, place) ? [] : [error('unknown-reference', path, { name })];
}

function isKnown(kind: ReferenceKind, name: string, { names, repeat }: Place): boolean {
  if (kind === 'field') return names.fields.has(name);
  if (kind === 'score') return names.scores.has(name);
  if (kind === 'row') return repeat?.fields.some(({ id }) => id === name) === true;
  // The previous form may have had a question that this one has dropped.
  return kind === 'previous' || CONTEXT_NAMES[kind]?.includes(name) === true;
}

function textProblems(field: FormField, path: string, names: Names): PublishProblem[] {
  if (field.type === 'text' && field.pattern) return checkPattern(field.pattern, path);
  if (field.type !== 'note') return [];
  const ids = Object.values(field.text).flatMap(interpolatedIds);
  return ids.filter((id) => !names.fields.has(id)).map((name) => error('unknown-reference', path, { name }));
}
