import { z } from 'zod';
import type { Json } from './json.ts';
import { ERASED } from './key.ts';
import { isStamp, type Stamp } from './stamp.ts';

/** Largest gesture, as a number of changes. */
export const MAX_ACTION_CHANGES = 200;
/** Largest gesture, as bytes of JSON. */
export const MAX_ACTION_BYTES = 512 * 1024;
/** Largest record of most collections, as bytes of JSON of its values. */
export const MAX_RECORD_BYTES = 64 * 1024;
/** Longest reason, in letters. */
export const MAX_REASON = 300;

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const stamp = z.custom<Stamp>(isStamp, 'not a stamp');
const name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
const key = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}(\.[^\s]{1,200})?$/);
const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const instant = z.iso.datetime({ precision: 3 });

const changeShape = z.strictObject({
  id: uuid,
  actionId: uuid,
  origin: uuid,
  originSeq: z.int().positive(),
  collection: name,
  recordId: uuid,
  clinicId: uuid.nullable(),
  kind: z.enum(['put', 'delete', 'restore', 'erase']),
  fields: z.record(key, json),
  replaced: z.record(key, z.array(stamp).max(50)),
  stamp,
  at: instant,
  author: uuid,
  /** Twice as many units as letters: a letter may take two. The judge counts letters. */
  reason: z
    .string()
    .max(2 * MAX_REASON)
    .nullable(),
  schema: z.int().positive(),
});

/** Equal stamps of two changes would let replicas disagree for ever: the end of the stamp is the end of the id. */
export const changeSchema = changeShape.refine((change) => change.stamp.endsWith(change.id.slice(-12)), {
  error: 'not the stamp of this change',
  path: ['stamp'],
});

/** An immutable edit of one record: what travels, what the log keeps. */
export type Change = Readonly<z.infer<typeof changeSchema>>;
export type ChangeKind = Change['kind'];

export const actionSchema = z
  .strictObject({ id: uuid, changes: z.array(changeSchema).min(1).max(MAX_ACTION_CHANGES) })
  .refine(({ id, changes }) => changes.every((change) => change.actionId === id) && areDistinct(changes), {
    error: 'not the changes of this action',
    path: ['changes'],
  });

function areDistinct(changes: readonly { id: string }[]): boolean {
  return new Set(changes.map((change) => change.id)).size === changes.length;
}

/** The changes of one gesture: all of them are applied, or none. */
export type Action = Readonly<z.infer<typeof actionSchema>>;

/** The author of a change had never seen the record: the change makes it. */
export function isCreation(change: Pick<Change, 'kind' | 'replaced'>): boolean {
  return (
    change.kind === 'put' &&
    (change.replaced.deleted ?? []).length === 0 &&
    Object.entries(change.replaced).every(([key, seen]) => key === ERASED || seen.length === 0)
  );
}

/** Was its content taken out because its record is erased? It says so under a key that no edit of a person's names. */
export function isEmptied({ kind, replaced }: Pick<Change, 'kind' | 'replaced'>): boolean {
  return kind === 'put' && (replaced[ERASED] ?? []).length > 0;
}
