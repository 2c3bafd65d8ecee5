import type { FormDefinition } from '../../../lib/form/definition.ts';
import { type DraftStep, fillDraft } from '../../../lib/form/draft.ts';
import { type Evaluation, evaluateForm } from '../../../lib/form/evaluate-form.ts';
import type { MissingReason } from '../../../lib/form/field.ts';
import {
  type Entered,
  enteredKey,
  type FilledForm,
  fieldPath,
  isRecord,
  missingKey,
  otherKey,
} from '../../../lib/form/filled-form.ts';
import type { FormContext } from '../../../lib/form/form-context.ts';
import type { Problem } from '../../../lib/form/problem.ts';
import { validate } from '../../../lib/form/validation.ts';
import type { Json } from '../../../lib/replication/json.ts';

/** What one question's control needs. The same object while nothing about the question changed. */
export interface FieldState {
  readonly value: Json;
  readonly other: string;
  readonly entered: Entered | null;
  readonly missing: MissingReason | null;
  readonly required: boolean;
  readonly readOnly: boolean;
  /** Codes on offer where a filter narrows them. */
  readonly options: readonly string[] | null;
  readonly bounds: { readonly min: string | null; readonly max: string | null } | null;
  readonly rows: readonly { readonly rowId: string; readonly label: string }[];
  /** What is wrong, once the person left the question or tried to save. */
  readonly problem: Problem | null;
  /** The server's or the disk's no, at this question. */
  readonly refused: boolean;
}

export interface ShownPage {
  readonly id: string;
  readonly fields: readonly string[];
}

/**
 * A form being filled, outside React: every step works the whole form out once, and each question redraws only when
 * something about it changed. That keeps a form of 150 questions as quick as one of five.
 */
export class FormStore {
  readonly definition: FormDefinition;
  readonly context: FormContext;
  readonly #listeners = new Set<() => void>();
  readonly #states = new Map<string, FieldState>();
  readonly #touched = new Set<string>();
  readonly #unreadable = new Set<string>();
  #refused: string | null = null;
  #attempted = false;
  #draft: FilledForm;
  #evaluation: Evaluation;
  #problems: readonly Problem[] = [];
  #byPath = new Map<string, Problem>();
  #pages: { key: string; pages: readonly ShownPage[] } = { key: '', pages: [] };

  constructor(definition: FormDefinition, context: FormContext, draft: FilledForm) {
    this.definition = definition;
    this.context = context;
    this.#draft = draft;
    this.#evaluation = evaluateForm(definition, draft.answers, context);
    this.#check();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly draft = (): FilledForm => this.#draft;
  readonly evaluation = (): Evaluation => this.#evaluation;
  readonly attempted = (): boolean => this.#attempted;

  /** One step of filling. */
  step(step: DraftStep): void {
    const next = fillDraft(this.#draft, step);
    if (next === this.#draft) return;
    this.#draft = next;
    if ('path' in step && this.#refused === step.path) this.#refused = null;
    this.#evaluation = evaluateForm(this.definition, next.answers, this.context);
    this.#check();
    this.#tell();
  }

  /** What stands in a control cannot be read as an answer yet: it must not be lost by saving. */
  setUnreadable(path: string, unreadable: boolean): void {
    if (this.#unreadable.has(path) === unreadable) return;
    if (unreadable) this.#unreadable.add(path);
    else this.#unreadable.delete(path);
    this.#check();
    this.#tell();
  }

  /** The person left this question: what is wrong with it may be said now. */
  touch(path: string): void {
    if (this.#touched.has(path)) return;
    this.#touched.add(path);
    this.#tell();
  }

  /** Everything that keeps the form from being saved, in its order; from now on it is shown. */
  attempt(): readonly Problem[] {
    this.#attempted = true;
    this.#tell();
    return this.#problems;
  }

  /** What keeps it from being saved and is said on the screen now. */
  readonly problems = (): readonly Problem[] => this.#problems;

  /** Marks a question that the command refused. Null takes the mark away. */
  refuse(path: string | null): void {
    this.#refused = path;
    this.#tell();
  }

  /** The pages on the screen now, with their questions. Stable while neither changes. */
  readonly pages = (): readonly ShownPage[] => {
    const shown = this.#evaluation.pages.filter((page) => page.visible);
    const key = shown.map((page) => `${page.id}:${page.fields.join(',')}`).join(';');
    if (key !== this.#pages.key) this.#pages = { key, pages: shown.map(({ id, fields }) => ({ id, fields })) };
    return this.#pages.pages;
  };

  readonly fieldState = (path: string): FieldState => {
    const state = this.#work(path);
    const held = this.#states.get(path);
    if (held !== undefined && alike(held, state)) return held;
    this.#states.set(path, state);
    return state;
  };

  /** The place of a problem, as `fieldState` and the controls name it. */
  static pathOf({ fieldId, repeatId, rowId }: Problem): string {
    return fieldPath(fieldId, repeatId, rowId);
  }

  #check(): void {
    const found = validate(this.definition, this.#draft, this.context, this.#evaluation);
    const paths = new Set(found.map(FormStore.pathOf));
    const unreadable = [...this.#unreadable]
      .filter((path) => this.#evaluation.visible.has(path) && !paths.has(path))
      .map(unreadableProblem);
    this.#problems = [...found, ...unreadable];
    this.#byPath = new Map([...this.#problems].reverse().map((problem) => [FormStore.pathOf(problem), problem]));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #work(path: string): FieldState {
    const [first = '', rowId, inner] = path.split('.');
    const inRow = rowId !== undefined && inner !== undefined;
    const id = inRow ? inner : first;
    const given = inRow ? rowAt(this.#draft.answers[first], rowId) : this.#draft.answers;
    const worked = inRow ? rowAt(this.#evaluation.values[first], rowId) : this.#evaluation.values;
    const readOnly = this.#evaluation.readOnly.has(path);
    const said = this.#attempted || this.#touched.has(path);
    return {
      value: (readOnly ? worked[id] : given[id]) ?? null,
      other: String(given[otherKey(id)] ?? ''),
      entered: (inRow ? (given[enteredKey(id)] as Entered | undefined) : this.#draft.entered[id]) ?? null,
      missing: (inRow ? (given[missingKey(id)] as MissingReason | undefined) : this.#draft.missing[id]) ?? null,
      required: this.#evaluation.required.has(path),
      readOnly,
      options: this.#evaluation.options.get(path) ?? null,
      bounds: this.#evaluation.dates.get(path) ?? null,
      rows: this.#evaluation.rows.get(path) ?? [],
      problem: said ? (this.#byPath.get(path) ?? null) : null,
      refused: this.#refused === path,
    };
  }
}

function rowAt(rows: Json | undefined, rowId: string): Readonly<Record<string, Json>> {
  const row = isRecord(rows) ? rows[rowId] : null;
  return isRecord(row) ? row : {};
}

/**
 * Compared for every question at every key press, so without a detour over text. A draft shares what a step left alone:
 * an answer that is the same object is the same answer. Rows of a repeat redraw by themselves: the repeat itself only
 * when rows come, go or are called otherwise.
 */
function alike(left: FieldState, right: FieldState): boolean {
  return (
    (left.value === right.value || right.rows.length > 0) &&
    left.other === right.other &&
    left.entered === right.entered &&
    left.missing === right.missing &&
    left.required === right.required &&
    left.readOnly === right.readOnly &&
    left.refused === right.refused &&
    sameProblem(left.problem, right.problem) &&
    left.options?.join() === right.options?.join() &&
    left.bounds?.min === right.bounds?.min &&
    left.bounds?.max === right.bounds?.max &&
    left.rows.length === right.rows.length &&
    left.rows.every((row, index) => row.rowId === right.rows[index]?.rowId && row.label === right.rows[index]?.label)
  );
}

function sameProblem(left: Problem | null, right: Problem | null): boolean {
  if (left === null || right === null) return left === right;
  const names = Object.keys(right.params);
  return left.code === right.code && names.every((name) => left.params[name] === right.params[name]);
}

function unreadableProblem(path: string): Problem {
  const [fieldId = '', rowId, inner] = path.split('.');
  const place = rowId !== undefined && inner !== undefined ? { fieldId: inner, repeatId: fieldId, rowId } : { fieldId };
  return { ...place, code: 'wrong-type', params: {}, severity: 'refuse' };
}
