import { z } from 'zod';
import type { Field } from '../replication/declaration.ts';
import type { Json } from '../replication/json.ts';
import { isWholeText, lettersIn } from '../replication/text.ts';
import { isCalendarDate, isInstant, isPartialDate } from './calendar-date.ts';

// Not beside the arithmetic: the phone's first screen counts days and should not wait for a schema library.
export const calendarDateSchema = z
  .string()
  .refine(isCalendarDate, { error: 'expected a calendar day YYYY-MM-DD' })
  .meta({ format: 'date' });
export const partialDateSchema = z
  .string()
  .refine(isPartialDate, { error: 'expected a date YYYY, YYYY-MM or YYYY-MM-DD' })
  .meta({ pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$' });
export const instantSchema = z
  .string()
  .refine(isInstant, { error: 'expected an instant YYYY-MM-DDTHH:mm:ss.sssZ' })
  .meta({ format: 'date-time' });

/** The field types of data.md §1, each with its schema and its PostgreSQL column. */

function field<T>(schema: z.ZodType<T>, column: string, check: string | null = null): Field<T> {
  return { schema, column, check, nullable: false, keyed: 'no' };
}

/** May be null: not asked, not known, or cleared. */
export function optional<T>(inner: Field<T>): Field<T | null> {
  return { ...inner, schema: inner.schema.nullable(), nullable: true };
}

/** Text of at most `length` code points, NFC and trimmed; never empty (empty is null). */
export function textSchema(length: number): z.ZodType<string> {
  return z
    .string()
    .refine(isWholeText, 'broken text')
    .refine((value) => value.normalize('NFC') === value && value.trim() === value, 'not normalised')
    .refine((value) => value !== '', 'empty')
    .refine((value) => lettersIn(value) <= length, `longer than ${length}`);
}

export function text(length: number): Field<string> {
  return field(textSchema(length), 'text', `char_length($) <= ${length}`);
}

/** Text as it is stored: NFC, trimmed, null when nothing is left. */
export function tidyText(value: string | null | undefined): string | null {
  const tidy = (value ?? '').normalize('NFC').trim();
  return tidy === '' ? null : tidy;
}

export function id(): Field<string> {
  return field(z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/), 'uuid');
}

/** One of a list of codes. Retired codes are read, never offered. */
export function code<const C extends string>(codes: readonly C[]): Field<C> {
  const list = codes.map((one) => `'${one}'`).join(', ');
  return field(z.enum(codes as readonly [C, ...C[]]) as unknown as z.ZodType<C>, 'text', `$ in (${list})`);
}

/** A code whose list is data (a qualification, an ISO code). */
export function openCode(): Field<string> {
  return field(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/), 'text', 'char_length($) <= 40');
}

export function date(): Field<string> {
  return field(calendarDateSchema as z.ZodType<string>, 'date');
}

export function partialDate(): Field<string> {
  return field(partialDateSchema as z.ZodType<string>, 'text', `$ ~ '^\\d{4}(-\\d{2}(-\\d{2})?)?$'`);
}

export function instant(): Field<string> {
  return field(instantSchema as z.ZodType<string>, 'timestamptz(3)');
}

export function boolean(): Field<boolean> {
  return field(z.boolean(), 'boolean');
}

export function integer(min: number, max: number): Field<number> {
  return field(z.int().min(min).max(max), 'integer', `$ between ${min} and ${max}`);
}

/** A number with `scale` decimals between `min` and `max`; the unit is in the field's name. */
export function decimal(precision: number, scale: number, min: number, max: number): Field<number> {
  const schema = z
    .number()
    .min(min)
    .max(max)
    .refine((value) => Number(value.toFixed(scale)) === value, `more than ${scale} decimals`);
  return field(schema, `numeric(${precision},${scale})`, `$ between ${min} and ${max}`);
}

/** Text per language: `{ en, ar?, … }`, BCP 47 keys. */
export type LabelsValue = Record<string, string>;
export const labelsSchema: z.ZodType<LabelsValue> = z.record(
  z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  textSchema(300),
);

export function labels(): Field<LabelsValue> {
  return field(labelsSchema, 'jsonb');
}

export function json<T = Json>(schema: z.ZodType<T> = z.json() as unknown as z.ZodType<T>): Field<T> {
  return field(schema, 'jsonb');
}

/** A column whose entries merge one by one: `{ <entry>: value }`. The schema is an entry's. */
export function keyed<T = Json>(
  schema: z.ZodType<T> = z.json() as unknown as z.ZodType<T>,
): Field<Record<string, T | null>> {
  return {
    schema: z.record(z.string(), schema.nullable()),
    column: 'jsonb',
    check: null,
    nullable: false,
    keyed: 'entries',
  };
}

/** As `keyed`, with one more level for repeat rows: `{ <entry>: { <rowId>: value } }`. */
export function keyedRows<T = Json>(
  schema: z.ZodType<T> = z.json() as unknown as z.ZodType<T>,
): Field<Record<string, Json>> {
  return { ...(keyed(schema) as Field<Record<string, Json>>), keyed: 'rows' };
}

/** Codes or ids that are present: `{ <code>: true }`, so two people adding different ones both win. */
export function presence(): Field<Record<string, boolean | null>> {
  return keyed(z.boolean());
}
