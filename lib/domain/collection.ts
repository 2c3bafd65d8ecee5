import type { z } from 'zod';
import { type Actor, isAdmin } from '../access/actor.ts';
import { MAX_RECORD_BYTES } from '../replication/change.ts';
import type { Collection, Field } from '../replication/declaration.ts';

type FieldsType<F> = { [K in keyof F]: F[K] extends { schema: z.ZodType<infer T> } ? T : never };

/** The record of a declaration as screens and tables see it. */
export type RecordOf<D extends { fields: object }> = FieldsType<D['fields']> & { id: string };

type Options<Name extends string, F> = Pick<Collection<Name, Actor>, 'name' | 'scope' | 'mayWrite'> &
  Partial<Omit<Collection<Name, Actor>, 'name' | 'scope' | 'mayWrite' | 'fields'>> & { fields: F };

/**
 * Declares a collection; what is left out is the usual: place `row`, merge `fields`, no reason, no groups; what stands in
 * a chart hangs below its patient. Erasing cannot be taken back, so it is an administrator's whatever the collection.
 */
export function collection<const Name extends string, F extends Record<string, Field>>(
  options: Options<Name, F>,
): Collection<Name, Actor> & { readonly fields: F } {
  const fixed = ['clinicId', 'patientId'].filter((name) => options.fields[name] !== undefined);
  const parents: Record<string, string> =
    options.place === 'chart' && options.fields.patientId !== undefined ? { patientId: 'patients' } : {};
  const mayWrite: Collection<Name, Actor>['mayWrite'] = (attempt) =>
    (attempt.kind !== 'erase' || isAdmin(attempt.actor)) && options.mayWrite(attempt);
  const usual = { place: 'row', merge: 'fields', reason: 'no', groups: {}, immutable: false, fault: null } as const;
  return { ...usual, undecided: [], idOf: null, maxBytes: MAX_RECORD_BYTES, fixed, parents, ...options, mayWrite };
}
