import * as z from 'zod';
import { type Expression, isExpression } from './expression.ts';

/**
 * The shapes of questions (data.md §5.2), once as plain shapes: `definition.ts` makes them strict for what is
 * written here and tolerant for what is received.
 */
// `__proto__` as a key would change an object instead of being held by it.
export const idSchema = z.string().regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,40}$/);
export const labelsSchema = z.record(z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/), z.string().max(4000));
export const expressionSchema = z.custom<Expression>(isExpression, { error: 'not an expression' });

const flag = z.boolean().nullish();
const expression = expressionSchema.nullish();
const labels = labelsSchema.nullish();
const finite = z.number().nullish();
const whole = z.number().int().min(0).nullish();
const unit = z.string().min(1).max(40);

export const MISSING_REASONS = ['unknown', 'refused', 'not-done', 'not-applicable'] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

/** What every question may carry. `base`, `summary`, `search` and `visible` belong to registration forms. */
export const everyField = {
  id: idSchema,
  label: labelsSchema,
  hint: labels,
  required: flag,
  requiredIf: expression,
  showIf: expression,
  readOnlyIf: expression,
  default: expression,
  calculate: expression,
  previous: flag,
  code: z.object({ system: z.string().max(200), code: z.string().max(100) }).nullish(),
  record: z.string().max(80).nullish(),
  allowMissing: z.array(z.enum(MISSING_REASONS)).nullish(),
  base: z.string().max(40).nullish(),
  summary: flag,
  search: flag,
  visible: flag,
};

export const optionShape = {
  code: idSchema,
  label: labelsSchema,
  score: finite,
  tags: z.array(z.string().max(40)).max(40).nullish(),
  retired: flag,
  exclusive: flag,
};

const choiceShape = {
  look: z.enum(['list', 'dropdown', 'buttons']).nullish(),
  other: flag,
  filter: expression,
};

const attachmentShape = {
  maxCount: whole,
  mimes: z.array(z.string().max(100)).max(40).nullish(),
  maxBytes: whole,
};

/** The properties of each type beyond `everyField`; options and repeats are added by `definition.ts`. */
export const ownShapes = {
  text: {
    maxLength: whole,
    pattern: z.string().max(300).nullish(),
    patternMessage: labels,
    inputMode: z.enum(['text', 'numeric', 'decimal', 'tel', 'email', 'url']).nullish(),
  },
  'long-text': { maxLength: whole },
  number: {
    min: finite,
    max: finite,
    softMin: finite,
    softMax: finite,
    decimals: z.number().int().min(0).max(9).nullish(),
    unit: unit.nullish(),
    units: z.array(unit).max(10).nullish(),
    step: z.number().positive().nullish(),
  },
  date: { min: expression, max: expression, precision: z.enum(['day', 'month', 'year']).nullish() },
  time: {},
  'date-time': {},
  choice: choiceShape,
  choices: { ...choiceShape, minCount: whole, maxCount: whole },
  'yes-no': { unsure: flag },
  scale: {
    min: z.number().int(),
    max: z.number().int(),
    step: z.number().int().positive().nullish(),
    minLabel: labels,
    maxLabel: labels,
    look: z.enum(['buttons', 'slider', 'faces']).nullish(),
  },
  diagnosis: { systems: z.array(z.string().max(200)).nullish(), multiple: flag, offerProblem: flag },
  medicine: { multiple: flag, catalogueOnly: flag, offerPrescription: flag },
  photo: attachmentShape,
  file: attachmentShape,
  signature: attachmentShape,
  barcode: { formats: z.array(z.string().max(40)).nullish() },
  calculated: {
    calculate: expressionSchema,
    look: z.enum(['hidden', 'shown']).nullish(),
    unit: unit.nullish(),
    decimals: z.number().int().min(0).max(9).nullish(),
  },
  note: { text: labelsSchema, tone: z.enum(['plain', 'info', 'warning']).nullish() },
  separator: { text: labels, tone: z.enum(['plain', 'info', 'warning']).nullish() },
};

export const repeatShape = { minRows: whole, maxRows: whole, rowLabel: expression, addLabel: labels };
