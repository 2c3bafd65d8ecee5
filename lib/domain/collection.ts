import type { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Collection, Field } from '../replication/declaration.ts';

type FieldsType<F> = { [K in keyof F]: F[K] extends { schema: z.ZodType<infer T> } ? T : never };

/** The record of a declaration as screens and tables see it. */
export type RecordOf<D extends { fields: object }> = FieldsType<D['fields']> & { id: string };

type Options<Name extends string, F> = Pick<Collection<Name, Actor>, 'name' | 'scope' | 'mayWrite'> &
  Partial<Omit<Collection<Name, Actor>, 'name' | 'scope' | 'mayWrite' | 'fields'>> & { fields: F };

/** Declares a collection; what is left out is the usual: place `row`, merge `fields`, no reason, no groups. */
export function collection<const Name extends string, F extends Record<string, Field>>(
  options: Options<Name, F>,
): Collection<Name, Actor> & { readonly fields: F } {
  const fixed = ['clinicId', 'patientId'].filter((name) => options.fields[name] !== undefined);
  return { place: 'row', merge: 'fields', reason: 'no', groups: {}, immutable: false, fault: null, fixed, ...options };
}
