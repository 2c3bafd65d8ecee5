import * as z from 'zod';
import { everyField, expressionSchema, idSchema, labelsSchema, optionShape, ownShapes, repeatShape } from './field.ts';
import { FORM_LIMITS } from './limits.ts';

/** Texts by BCP 47 language. */
export type Labels = Readonly<Record<string, string>>;

type Strength = typeof z.strictObject;
type Shape = z.core.$ZodLooseShape;

/** The schemas in one strength. `label` may be left out where nothing is asked (`separator`). */
function schemas(object: Strength) {
  // A spread of a type parameter would be typed as an intersection; an own property replaces the common one.
  const field = <Type extends string, Own extends Shape>(type: Type, own: Own) =>
    object({ ...everyField, ...own, type: z.literal(type) } as unknown as Omit<typeof everyField, keyof Own> &
      Own & { type: z.ZodLiteral<Type> });
  const option = object(optionShape);
  const options = { options: z.array(option).max(1000) };
  const simple = [
    field('text', ownShapes.text),
    field('long-text', ownShapes['long-text']),
    field('number', ownShapes.number),
    field('date', ownShapes.date),
    field('time', ownShapes.time),
    field('date-time', ownShapes['date-time']),
    field('choice', { ...ownShapes.choice, ...options }),
    field('choices', { ...ownShapes.choices, ...options }),
    field('yes-no', ownShapes['yes-no']),
    field('scale', ownShapes.scale),
    field('diagnosis', ownShapes.diagnosis),
    field('medicine', ownShapes.medicine),
    field('photo', ownShapes.photo),
    field('file', ownShapes.file),
    field('signature', ownShapes.signature),
    field('barcode', ownShapes.barcode),
    field('calculated', ownShapes.calculated),
    field('note', { ...ownShapes.note, label: labelsSchema.nullish() }),
    field('separator', { ...ownShapes.separator, label: labelsSchema.nullish() }),
  ] as const;
  const rowField = z.discriminatedUnion('type', simple);
  const repeat = field('repeat', { ...repeatShape, fields: z.array(rowField).max(FORM_LIMITS.fields) });
  const anyField = z.discriminatedUnion('type', [...simple, repeat]);
  const page = object({
    id: idSchema,
    title: labelsSchema.nullish(),
    showIf: expressionSchema.nullish(),
    fields: z.array(anyField).max(FORM_LIMITS.fields),
  });
  const score = object({
    id: idSchema,
    label: labelsSchema,
    sum: z.array(idSchema).min(1),
    bands: z.array(object({ from: z.number(), to: z.number(), label: labelsSchema })).nullish(),
  });
  const form = object({
    format: z.literal(1),
    languages: z.array(z.string().min(2).max(35)).min(1),
    title: labelsSchema,
    pages: z.array(page).min(1).max(100),
    scores: z.array(score).max(50).nullish(),
  });
  return { form, rowField, anyField };
}

const strict = schemas(z.strictObject);
// Same shapes, unknown properties kept; the cast is sound because only the treatment of unknown keys differs.
const tolerant = schemas(z.looseObject as unknown as Strength);

/** A definition this engine writes: every property is known. */
export const formDefinitionSchema = strict.form;

export type FormDefinition = z.infer<typeof strict.form>;
export type FormPage = FormDefinition['pages'][number];
export type FormField = FormPage['fields'][number];
export type RowField = z.infer<typeof strict.rowField>;
export type FieldType = FormField['type'];
export type FieldOf<Type extends FieldType> = Extract<FormField, { type: Type }>;
export type RepeatField = FieldOf<'repeat'>;
export type ChoiceField = FieldOf<'choice'> | FieldOf<'choices'>;
export type FormOption = ChoiceField['options'][number];
export type FormScore = NonNullable<FormDefinition['scores']>[number];

/** Types that ask nothing. */
export const SILENT_TYPES: ReadonlySet<FieldType> = new Set(['note', 'separator']);
/** Types answered with rows `{ <rowId>: { order, … } }`, each row a key of its own in a change. */
export const ROW_TYPES: ReadonlySet<FieldType> = new Set(['repeat', 'diagnosis', 'medicine']);

export type ReadDefinition =
  | { ok: true; definition: FormDefinition; unreadable: { id: string; type: string }[] }
  | { ok: false; refusal: { kind: 'invalid'; paths: string[] } };

/**
 * Reads a received definition: unknown properties are kept, and questions of a type this engine does not know are
 * left out and named in `unreadable` (the stored definition keeps them; their answers are never touched).
 */
export function readDefinition(received: unknown): ReadDefinition {
  const unreadable: { id: string; type: string }[] = [];
  const parsed = tolerant.form.safeParse(withoutUnknownTypes(received, unreadable));
  if (parsed.success) return { ok: true, definition: parsed.data, unreadable };
  return { ok: false, refusal: { kind: 'invalid', paths: parsed.error.issues.map(({ path }) => path.join('.')) } };
}

const KNOWN_TYPES: ReadonlySet<string> = new Set([...Object.keys(ownShapes), 'repeat']);

function withoutUnknownTypes(received: unknown, unreadable: { id: string; type: string }[]): unknown {
  const keep = (fields: unknown): unknown =>
    !Array.isArray(fields)
      ? fields
      : fields.filter((field) => isKnown(field, unreadable)).map((field) => mapField(field, keep));
  if (!isObject(received) || !Array.isArray(received.pages)) return received;
  return {
    ...received,
    pages: received.pages.map((page) => (isObject(page) ? { ...page, fields: keep(page.fields) } : page)),
  };
}

function mapField(field: unknown, keep: (fields: unknown) => unknown): unknown {
  return isObject(field) && field.type === 'repeat' ? { ...field, fields: keep(field.fields) } : field;
}

function isKnown(field: unknown, unreadable: { id: string; type: string }[]): boolean {
  if (!isObject(field) || typeof field.type !== 'string' || KNOWN_TYPES.has(field.type)) return true;
  unreadable.push({ id: String(field.id), type: field.type });
  return false;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Every question of a form, those inside a repeat with the repeat they belong to. */
export function fieldsOf(
  definition: FormDefinition,
): { field: FormField; page: FormPage; repeat: RepeatField | null }[] {
  return definition.pages.flatMap((page) =>
    page.fields.flatMap((field) => [
      { field, page, repeat: null },
      ...(field.type === 'repeat' ? field.fields.map((inner) => ({ field: inner, page, repeat: field })) : []),
    ]),
  );
}

/** The text in a language, else in the form's first language, else in any. */
export function labelIn(labels: Labels | null | undefined, language: string, definition: FormDefinition): string {
  return labels?.[language] ?? labels?.[definition.languages[0] ?? ''] ?? Object.values(labels ?? {})[0] ?? '';
}
