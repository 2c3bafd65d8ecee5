import type { Json } from '../replication/json.ts';
import { compileForm } from './calculation.ts';
import type { FormDefinition, FormField, FormPage, RepeatField } from './definition.ts';
import { evaluate } from './expression.ts';
import {
  type Answers,
  choosesOther,
  enteredKey,
  type FieldPath,
  fieldPath,
  missingKey,
  otherKey,
  type Row,
  rowsInOrder,
  storedAnswer,
} from './filled-form.ts';
import { contextReader, type FormContext, readable } from './form-context.ts';
import type { ReferenceKind, Scope } from './scope.ts';
import { type ScoreResult, scoreOf } from './scoring.ts';
import { roundHalfAway } from './unit.ts';
import { holds, isShown } from './visibility.ts';

/** What the answers make of a form. */
export interface Evaluation {
  /** Questions on the screen now. A calculated question with `look: 'hidden'` is worked out but not here. */
  readonly visible: ReadonlySet<FieldPath>;
  readonly required: ReadonlySet<FieldPath>;
  readonly readOnly: ReadonlySet<FieldPath>;
  /** The answers that count and would be saved: shown ones as stored, and calculated ones; rows inside. */
  readonly values: Answers;
  readonly scores: ReadonlyMap<string, ScoreResult>;
  readonly pages: readonly { readonly id: string; readonly visible: boolean; readonly fields: readonly FieldPath[] }[];
  /** Codes on offer where a `filter` narrows them; a question that is not here offers all its options. */
  readonly options: ReadonlyMap<FieldPath, readonly string[]>;
  /** Bounds of date questions that have any. */
  readonly dates: ReadonlyMap<FieldPath, { readonly min: string | null; readonly max: string | null }>;
  /** Rows of each shown repeat in order, with their label ('' when none). */
  readonly rows: ReadonlyMap<string, readonly { readonly rowId: string; readonly label: string }[]>;
}

/**
 * Works out a whole form: visibility, calculations, scores. Pure, never throws, linear in the form; a few hundred
 * questions take well under a millisecond, so a screen may call it at every key press.
 */
export function evaluateForm(definition: FormDefinition, answers: Answers, context: FormContext): Evaluation {
  const pass = new Pass(definition, answers, context);
  pass.workOutValues();
  pass.workOutQuestions();
  return pass;
}

class Pass implements Evaluation {
  readonly visible = new Set<FieldPath>();
  readonly required = new Set<FieldPath>();
  readonly readOnly = new Set<FieldPath>();
  readonly values: Record<string, Json> = {};
  readonly scores = new Map<string, ScoreResult>();
  readonly pages: { id: string; visible: boolean; fields: FieldPath[] }[] = [];
  readonly options = new Map<FieldPath, string[]>();
  readonly dates = new Map<FieldPath, { min: string | null; max: string | null }>();
  readonly rows = new Map<string, { rowId: string; label: string }[]>();

  readonly #definition: FormDefinition;
  readonly #answers: Answers;
  readonly #scope: Scope;
  readonly #context: FormContext;
  readonly #contextReader: (kind: ReferenceKind, name: string) => Json;
  readonly #fields = new Map<string, FormField>();
  readonly #shown = new Set<FieldPath>();
  readonly #shownPages = new Map<FormPage, boolean>();

  constructor(definition: FormDefinition, answers: Answers, context: FormContext) {
    this.#definition = definition;
    this.#answers = answers;
    this.#context = context;
    this.#contextReader = contextReader(context);
    this.#scope = this.#scopeOf(null);
  }

  workOutValues(): void {
    const { order } = compileForm(this.#definition);
    for (const node of order) {
      if (node.kind === 'score') this.#workOutScore(node.score.id);
      else this.#workOutField(node.field, node.page);
    }
  }

  workOutQuestions(): void {
    for (const page of this.#definition.pages) {
      const fields: FieldPath[] = [];
      for (const field of page.fields) {
        if (!this.#ask(field, field.id, this.#scope)) continue;
        fields.push(field.id);
        if (field.type === 'repeat') this.#askRows(field);
      }
      this.pages.push({ id: page.id, visible: fields.length > 0 && this.#isPageShown(page), fields });
    }
  }

  #scopeOf(row: Row | null, option?: { [name: string]: Json }): Scope {
    return {
      today: this.#context.occurredOn,
      clinical: this.#context.clinical ?? {},
      read: (kind, name) => {
        if (kind === 'field') return readable(own(this.values, name));
        if (kind === 'row') return readable(row ? own(row, name) : null);
        if (kind === 'score') return this.scores.get(name)?.value ?? null;
        if (kind === 'option') return option ? readable(own(option, name)) : null;
        return this.#contextReader(kind, name);
      },
    };
  }

  #isPageShown(page: FormPage): boolean {
    const known = this.#shownPages.get(page);
    if (known !== undefined) return known;
    const shown = isShown(page.showIf, this.#scope);
    this.#shownPages.set(page, shown);
    return shown;
  }

  #workOutField(field: FormField, page: FormPage): void {
    this.#fields.set(field.id, field);
    if (!this.#isPageShown(page) || !isShown(field.showIf, this.#scope)) return;
    this.#shown.add(field.id);
    if (field.type === 'repeat') this.#workOutRows(field);
    else settle(field, this.#answers, this.values, this.#scope);
  }

  #workOutRows(repeat: RepeatField): void {
    const inOrder = compileForm(this.#definition).rowOrder.get(repeat.id) ?? [];
    const rows: Record<string, Json> = {};
    for (const [rowId, given] of rowsInOrder(own(this.#answers, repeat.id))) {
      const row: Record<string, Json> = { order: given.order ?? 0 };
      const scope = this.#scopeOf(row);
      for (const field of inOrder) {
        if (!isShown(field.showIf, scope)) continue;
        this.#shown.add(fieldPath(field.id, repeat.id, rowId));
        settle(field, given, row, scope);
        keepCompanions(field, given, row);
      }
      rows[rowId] = row;
    }
    if (Object.keys(rows).length > 0) this.values[repeat.id] = rows;
  }

  #workOutScore(id: string): void {
    const score = this.#definition.scores?.find((candidate) => candidate.id === id);
    if (!score) return;
    const result = scoreOf(score, (fieldId) => {
      const field = this.#fields.get(fieldId);
      return field && { field, shown: this.#shown.has(fieldId), value: own(this.values, fieldId) };
    });
    this.scores.set(id, result);
  }

  #askRows(repeat: RepeatField): void {
    const rows = rowsInOrder(own(this.values, repeat.id));
    const labelled = rows.map(([rowId, row]) => {
      const scope = this.#scopeOf(row);
      for (const field of repeat.fields) this.#ask(field, fieldPath(field.id, repeat.id, rowId), scope, row);
      const label = evaluate(repeat.rowLabel ?? null, scope);
      return { rowId, label: label === null || typeof label === 'object' ? '' : String(label) };
    });
    this.rows.set(repeat.id, labelled);
  }

  /** Whether the question is on the screen; notes what is true of it there. */
  #ask(field: FormField, path: FieldPath, scope: Scope, row: Row | null = null): boolean {
    if (!this.#shown.has(path) || field.visible === false) return false;
    if (field.type === 'calculated' && field.look === 'hidden') return false;
    this.visible.add(path);
    const calculated = field.calculate !== null && field.calculate !== undefined;
    if (calculated || holds(field.readOnlyIf, scope)) this.readOnly.add(path);
    else if (field.required === true || holds(field.requiredIf, scope)) this.required.add(path);
    if (field.type === 'date') this.#noteBounds(field.min, field.max, path, scope);
    if ((field.type === 'choice' || field.type === 'choices') && (field.filter ?? null) !== null) {
      const offered = field.options.filter(({ code, tags, score }) =>
        holds(field.filter, this.#scopeOf(row, { code, tags: tags ?? [], score: score ?? null })),
      );
      const codes = offered.map(({ code }) => code);
      this.options.set(path, codes);
    }
    return true;
  }

  #noteBounds(min: Bound, max: Bound, path: FieldPath, scope: Scope): void {
    const bounds = { min: dateOrNull(evaluate(min ?? null, scope)), max: dateOrNull(evaluate(max ?? null, scope)) };
    if (bounds.min !== null || bounds.max !== null) this.dates.set(path, bounds);
  }
}

type Bound = Parameters<typeof evaluate>[0];
const dateOrNull = (value: Json): string | null => (typeof value === 'string' ? value : null);

const own = (values: Answers, name: string): Json | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** Puts the value of one shown question where its neighbours can see it. */
function settle(field: FormField, given: Answers, into: Record<string, Json>, scope: Scope): void {
  const calculated = field.calculate !== null && field.calculate !== undefined;
  const value = calculated ? calculate(field, scope) : storedAnswer(field, own(given, field.id));
  if (value === undefined || value === null) return;
  into[field.id] = value;
  if (!choosesOther(field, value)) return;
  const other = storedAnswer(field, own(given, otherKey(field.id)));
  if (other !== undefined) into[otherKey(field.id)] = other;
}

function calculate(field: FormField, scope: Scope): Json {
  const value = evaluate(field.calculate ?? null, scope);
  const decimals = field.type === 'calculated' || field.type === 'number' ? field.decimals : null;
  if (typeof value !== 'number') return value;
  // Without `decimals` only the noise of binary arithmetic is dropped: two machines must store one text.
  return roundHalfAway(value, decimals ?? 9);
}

function keepCompanions(field: FormField, given: Row, row: Record<string, Json>): void {
  const answered = row[field.id] !== undefined;
  const key = answered ? enteredKey(field.id) : missingKey(field.id);
  const companion = own(given, key);
  if (companion !== undefined && companion !== null) row[key] = companion;
}
