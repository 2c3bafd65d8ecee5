import { z } from 'zod';
import { countAttention, MOST_COUNTED, type Place } from '../../db/postgres/list-attention.ts';
import { type Gap, listGaps } from '../../db/postgres/list-gaps.ts';
import { type KeptRow, listKeptRows } from '../../db/postgres/list-kept-rows.ts';
import { listProvisional } from '../../db/postgres/list-provisional.ts';
import { isUuid, uuidSchema } from '../../lib/domain/identity.ts';
import { json } from './answer.ts';
import { type Asked, readQuery } from './asked.ts';
import { type Result, refused } from './problem.ts';
import { managedClinics } from './users.ts';

/** What two people wrote without knowing of each other; reviews of what a hub decided stand apart. */
export const CONFLICT_KINDS = ['parallel-edit', 'edit-and-delete'] as const;
export const ATTENTION_PAGE = 25;

/** What waits for somebody who administers; each is counted up to a hundred. */
export interface AttentionShown {
  readonly conflicts: number;
  readonly reviews: number;
  readonly refused: number;
  readonly gaps: number;
}

/** The clinics whose attention the asker may have; refused when he administers none. */
export function attended({ actor }: Asked): Result<readonly string[] | null> {
  const managed = managedClinics(actor);
  return managed?.length === 0 ? refused('forbidden') : { ok: true, value: managed };
}

/** `GET /api/attention`: how much waits in the clinics that the asker administers. */
export async function readAttention(asked: Asked): Promise<Result<Response>> {
  const managed = attended(asked);
  if (!managed.ok) return managed;
  const filter = { managed: managed.value, clinicId: null, kinds: CONFLICT_KINDS };
  const [counts, provisional, gaps, kept] = await Promise.all([
    countAttention(asked.pool, managed.value, CONFLICT_KINDS),
    listProvisional(asked.pool, filter),
    listGaps(asked.pool, managed.value),
    listKeptRows(asked.pool, managed.value),
  ]);
  const conflicts = Math.min(counts.conflicts + provisional.length, MOST_COUNTED);
  return json({ ...counts, conflicts, gaps: gaps.length + kept.length } satisfies AttentionShown);
}

export interface GapList {
  readonly gaps: readonly Gap[];
  /** At a hub: rows of the server's that it keeps beside its records. */
  readonly kept: readonly KeptRow[];
}

/** `GET /api/attention/gaps`: changes that are here although earlier ones of the same device are not. */
export async function readGaps(asked: Asked): Promise<Result<Response>> {
  const managed = attended(asked);
  if (!managed.ok) return managed;
  const query = readQuery(asked, z.strictObject({}));
  if (!query.ok) return query;
  const [gaps, kept] = await Promise.all([
    listGaps(asked.pool, managed.value),
    listKeptRows(asked.pool, managed.value),
  ]);
  return json({ gaps, kept } satisfies GapList);
}

const listShape = { clinicId: uuidSchema.optional(), after: z.string().refine(isPlace, 'not a place').optional() };
const listSchema = z.strictObject(listShape);
const conflictsSchema = z.strictObject({ ...listShape, kind: z.enum([...CONFLICT_KINDS, 'review']).optional() });

interface Listing {
  readonly managed: readonly string[] | null;
  readonly clinicId: string | null;
  readonly after: Place | null;
  readonly limit: number;
}

/** Whose page of which list is asked for. */
export function listingOf(asked: Asked): Result<Listing> {
  const query = readQuery(asked, listSchema);
  return query.ok ? listing(asked, query.value) : query;
}

/** The same with the kinds of conflict; a review is asked for by its name. */
export function conflictListingOf(asked: Asked): Result<Listing & { readonly kinds: readonly string[] }> {
  const query = readQuery(asked, conflictsSchema);
  if (!query.ok) return query;
  const { kind, ...rest } = query.value;
  const listed = listing(asked, rest);
  if (!listed.ok) return listed;
  return { ok: true, value: { ...listed.value, kinds: kind === undefined ? CONFLICT_KINDS : [kind] } };
}

function listing(asked: Asked, { clinicId, after }: z.infer<typeof listSchema>): Result<Listing> {
  const managed = attended(asked);
  if (!managed.ok) return managed;
  if (clinicId !== undefined && managed.value !== null && !managed.value.includes(clinicId))
    return refused('not-in-your-clinic');
  const place = after === undefined ? null : readPlace(after);
  return {
    ok: true,
    value: { managed: managed.value, clinicId: clinicId ?? null, after: place, limit: ATTENTION_PAGE },
  };
}

/** A place in a list as it stands in an address. */
export function writePlace(place: Place | null): string | null {
  return place === null ? null : `${place.at}_${place.id}`;
}

function readPlace(text: string): Place {
  const [at = '', id = ''] = text.split('_');
  return { at, id };
}

function isPlace(text: string): boolean {
  const { at, id } = readPlace(text);
  return isUuid(id) && z.iso.datetime({ precision: 3 }).safeParse(at).success;
}
