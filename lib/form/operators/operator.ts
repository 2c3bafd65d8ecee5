import type { Json } from '../../replication/json.ts';
import type { Scope } from '../scope.ts';

/** One operator: how many arguments it takes and what it makes of their values. It must never throw. */
export interface Operator {
  readonly least: number;
  readonly most: number;
  apply(values: readonly Json[], scope: Scope): Json;
}

export const MANY = 199;

export const operator = (least: number, most: number, apply: Operator['apply']): Operator => ({ least, most, apply });

/** An operator on numbers: null, or anything that is no number, in – null out. */
export function numeric(least: number, most: number, apply: (numbers: number[]) => number | null): Operator {
  return operator(least, most, (values) => {
    const numbers = values.filter((value): value is number => typeof value === 'number');
    return numbers.length === values.length ? apply(numbers) : null;
  });
}

/** What a value stands for as a list: codes of a choice, one code, or nothing. */
export function codesOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? [value] : [];
}

/** The rows of a repeat, diagnosis or medicine answer that still stand. */
export function rowsOf(value: Json | undefined): { readonly [field: string]: Json }[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.values(value).filter(
    (row): row is { [field: string]: Json } => row !== null && typeof row === 'object' && !Array.isArray(row),
  );
}

/** Whether something was answered. `false` and `0` are answers; an empty text, list or set of rows is none. */
export function isAnswered(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.values(value).some((row) => row !== null);
}
