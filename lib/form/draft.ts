import type { Json } from '../replication/json.ts';
import type { FieldOf, FormDefinition } from './definition.ts';
import { evaluate } from './expression.ts';
import type { MissingReason } from './field.ts';
import {
  EMPTY_FORM,
  type Entered,
  enteredKey,
  type FieldPath,
  type FilledForm,
  isRecord,
  missingKey,
  otherKey,
  type Row,
  rowsInOrder,
} from './filled-form.ts';
import { contextReader, type FormContext } from './form-context.ts';
import { enterNumber } from './number-field.ts';

/**
 * Filling a form, as pure steps. The draft keeps what was typed into questions that are hidden now, so it comes back
 * when they are shown again; `answersToKeys` leaves it out of what is saved.
 */
export type Draft = FilledForm;

export type DraftStep =
  | { readonly kind: 'answer'; readonly path: FieldPath; readonly value: Json }
  | { readonly kind: 'other'; readonly path: FieldPath; readonly text: string }
  | {
      readonly kind: 'number';
      readonly path: FieldPath;
      readonly field: FieldOf<'number'>;
      readonly value: number;
      readonly unit: string | null;
    }
  | { readonly kind: 'confirm'; readonly path: FieldPath; readonly reason: string }
  | { readonly kind: 'clear'; readonly path: FieldPath }
  | { readonly kind: 'missing'; readonly path: FieldPath; readonly reason: MissingReason }
  | { readonly kind: 'add-row'; readonly fieldId: string; readonly rowId: string; readonly row?: Row }
  | { readonly kind: 'change-row'; readonly fieldId: string; readonly rowId: string; readonly row: Row }
  | { readonly kind: 'remove-row'; readonly fieldId: string; readonly rowId: string }
  | { readonly kind: 'move-row'; readonly fieldId: string; readonly rowId: string; readonly to: number };

/** The draft after one step. A step that names a row that is not there changes nothing. */
export function fillDraft(draft: Draft, step: DraftStep): Draft {
  switch (step.kind) {
    case 'answer':
      return place(draft, step.path, { value: step.value, entered: null, missing: null });
    case 'number':
      return placeNumber(draft, step.path, enterNumber(step.field, step.value, step.unit));
    case 'other':
      return place(draft, step.path, { other: step.text });
    case 'confirm':
      return place(draft, step.path, { entered: { ...enteredAt(draft, step.path), confirmed: step.reason } });
    case 'clear':
      return place(draft, step.path, { value: null, other: null, entered: null, missing: null });
    case 'missing':
      return place(draft, step.path, { value: null, other: null, entered: null, missing: step.reason });
    default:
      return withRows(draft, step.fieldId, changeRows(rowsOf(draft, step.fieldId), step));
  }
}

/** A new draft with the form's defaults; a default may read the patient, the visit and the previous answers. */
export function startDraft(definition: FormDefinition, context: FormContext): Draft {
  const read = contextReader(context);
  const scope = { today: context.occurredOn, clinical: context.clinical ?? {}, read };
  const answers: Record<string, Json> = {};
  for (const { fields } of definition.pages) {
    for (const field of fields) {
      const value = evaluate(field.default ?? null, scope);
      if (value !== null) answers[field.id] = field.type === 'choices' && !Array.isArray(value) ? [value] : value;
    }
  }
  return { ...EMPTY_FORM, answers };
}

interface Placed {
  readonly value?: Json;
  readonly other?: string | null;
  readonly entered?: Entered | null;
  readonly missing?: MissingReason | null;
}

function place(draft: Draft, path: FieldPath, placed: Placed): Draft {
  const [first = '', rowId, inner] = path.split('.');
  if (rowId !== undefined && inner !== undefined) return placeInRow(draft, first, rowId, inner, placed);
  return {
    answers: put(put(draft.answers, first, placed.value), otherKey(first), placed.other),
    entered: put(draft.entered, first, placed.entered),
    missing: put(draft.missing, first, placed.missing),
  };
}

function placeInRow(draft: Draft, repeatId: string, rowId: string, id: string, placed: Placed): Draft {
  const rows = rowsOf(draft, repeatId);
  const row = rows[rowId];
  if (!isRecord(row)) return draft;
  const answered = put(put(row, id, placed.value), otherKey(id), placed.other);
  const entered = placed.entered ? (JSON.parse(JSON.stringify(placed.entered)) as Json) : placed.entered;
  const changed = put(put(answered, enteredKey(id), entered), missingKey(id), placed.missing);
  return withRows(draft, repeatId, { ...rows, [rowId]: changed });
}

function placeNumber(draft: Draft, path: FieldPath, stored: ReturnType<typeof enterNumber>): Draft {
  return stored ? place(draft, path, { ...stored, missing: null }) : draft;
}

/** Undefined leaves a key as it is, null takes it away. */
function put<Value>(
  into: { readonly [key: string]: Value },
  key: string,
  value: Value | null | undefined,
): { readonly [key: string]: Value } {
  if (value === undefined) return into;
  if (value !== null) return { ...into, [key]: value };
  const { [key]: _gone, ...rest } = into;
  return rest;
}

function enteredAt(draft: Draft, path: FieldPath): Entered {
  const [first = '', rowId, inner] = path.split('.');
  if (rowId === undefined || inner === undefined) return draft.entered[first] ?? {};
  const row = rowsOf(draft, first)[rowId];
  const held = isRecord(row) ? row[enteredKey(inner)] : null;
  return isRecord(held) ? (held as Entered) : {};
}

type Rows = { readonly [rowId: string]: Json };

function rowsOf(draft: Draft, fieldId: string): Rows {
  const held = draft.answers[fieldId];
  return isRecord(held) ? held : {};
}

const withRows = (draft: Draft, fieldId: string, rows: Rows): Draft => ({
  ...draft,
  answers: put(draft.answers, fieldId, Object.keys(rows).length > 0 ? rows : null),
});

function changeRows(rows: Rows, step: Extract<DraftStep, { rowId: string }>): Rows {
  const ordered = rowsInOrder(rows);
  const last = ordered.at(-1)?.[1].order;
  const held = rows[step.rowId];
  if (step.kind === 'add-row') {
    return { ...rows, [step.rowId]: { ...step.row, order: (typeof last === 'number' ? last : 0) + 1 } };
  }
  if (!isRecord(held)) return rows;
  if (step.kind === 'change-row') return { ...rows, [step.rowId]: { ...step.row, order: held.order ?? 0 } };
  if (step.kind === 'remove-row') return put(rows, step.rowId, null);
  const others = ordered.filter(([rowId]) => rowId !== step.rowId);
  others.splice(step.to, 0, [step.rowId, held]);
  return Object.fromEntries(others.map(([rowId, row], index) => [rowId, { ...row, order: index + 1 }]));
}
