import type { Action, Change } from './change.ts';
import type { AcceptanceStore, LoggedChange } from './feed-store.ts';
import type { Json } from './json.ts';
import type { World } from './judge.ts';
import { ERASED, type Key } from './key.ts';
import { mergeChange, refOf } from './merge.ts';
import { appliedOutcome, changeOf, type Draft } from './note-conflicts.ts';
import type { ChangeRefusal } from './protocol/outcome.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';
import { patientOf } from './scopes.ts';
import { CONFLICTS } from './suspects.ts';

/** The key that a review stands under: it is about a whole change. */
export const REVIEW = 'review';

/** A change that a hub applied and that this root would have refused. */
export interface Review {
  readonly change: Change;
  readonly refusal: ChangeRefusal;
  /** What stood under the keys that it wrote. */
  readonly stood: Readonly<Record<Key, Json>>;
}

/** The reviews of an action in doubt: of each change that writes values. `held`: the records before it. */
export function reviewsOf(
  action: Action,
  refusal: ChangeRefusal,
  held: (ref: RecordRef) => StoredRecord | undefined,
): Review[] {
  return action.changes.map((change) => {
    const before = held(refOf(change))?.values ?? {};
    const stood = Object.fromEntries(Object.keys(change.fields).map((key) => [key, before[key] ?? null]));
    return { change, refusal, stood };
  });
}

/**
 * Opens a review per doubtful change for an administrator: what was applied, and what stood before, so that undoing it
 * is an ordinary edit. By its id it is made once, however often the hub hands the change in.
 */
export async function noteReviews<A>(
  store: AcceptanceStore,
  world: World<A>,
  { before, after }: { readonly before: Map<string, StoredRecord>; readonly after: Map<string, StoredRecord> },
  reviews: readonly Review[],
): Promise<LoggedChange[]> {
  const idOf = world.collectionNamed(CONFLICTS)?.idOf;
  if (idOf == null) return [];
  const drafts = reviews.map((review) => draftOf(world, review, after, idOf)).filter((draft) => draft !== null);
  const refs = drafts.map(({ id }) => ({ collection: CONFLICTS, id }));
  for (const held of await store.readRecords(refs)) before.set(refKey(held), held);
  const fresh = drafts.filter(({ id }) => !before.has(refKey({ collection: CONFLICTS, id })));
  if (fresh.length === 0) return [];
  const own = await store.takeOwnNumbers(fresh.length);
  return fresh.map((draft, index) => {
    const change = changeOf(draft, undefined, own.replicaId, own.first + index, world.schema);
    after.set(refKey({ collection: CONFLICTS, id: draft.id }), mergeChange(undefined, change));
    return { change, outcome: appliedOutcome(change) };
  });
}

function draftOf<A>(
  world: World<A>,
  { change, refusal, stood }: Review,
  after: ReadonlyMap<string, StoredRecord>,
  idOf: (values: Readonly<Record<Key, Json>>) => string | null,
): Draft | null {
  const collection = world.collectionNamed(change.collection);
  const record = after.get(refKey(refOf(change)));
  if (collection === undefined || record === undefined || record.values[ERASED] === true) return null;
  const patientId = patientOf(collection, record);
  const { author, at, origin, stamp } = change;
  const fields: Record<Key, Json> = {
    patientId,
    clinicId: patientId === null ? null : (record.values.clinicId ?? change.clinicId),
    collection: change.collection,
    recordId: change.recordId,
    key: REVIEW,
    kept: { value: change.fields, author, at, origin, stamp, kind: change.kind, code: refusal.code },
    lost: { value: stood, author, at, origin, stamp },
    kind: 'review',
    status: 'open',
  };
  const id = idOf(fields);
  return id === null ? null : { id, kind: 'put', fields, after: [stamp], at, clinicId: change.clinicId };
}
