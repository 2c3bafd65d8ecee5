import { v5 } from 'uuid';
import type { Change } from './change.ts';
import type { Declaration } from './declaration.ts';
import type { AcceptanceStore, LoggedChange } from './feed-store.ts';
import { canonicalJson, type Json, sameJson } from './json.ts';
import type { World } from './judge.ts';
import { DELETED, ERASED, type Key } from './key.ts';
import { byRecord, type Loser, losersOf, type Write } from './losers.ts';
import { mergeChange, seenStamps } from './merge.ts';
import { readUnseenBelow } from './read-descendants.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';
import { patientOf } from './scopes.ts';
import { greatestStamp, laterPoint, makeStamp, pointAfter, pointOf, STAMP_LIMIT_MS, type Stamp } from './stamp.ts';
import { CONFLICTS, type Deciding, suspectAround } from './suspects.ts';

/**
 * Brings the conflicts of every record that was touched up to date with its losers: opened, kept current, closed when
 * their loser is named, erased with the record. The changes that do so are this replica's own. Their ids and stamps
 * follow from what they note, so that whoever notes it again makes the same record.
 */
export async function noteConflicts<A>(
  store: AcceptanceStore,
  world: World<A>,
  deciding: Deciding,
): Promise<LoggedChange[]> {
  const { before, after, suspects } = deciding;
  const { applied, changed, above, erasers } = await suspectAround(store, world, deciding);
  const touched = [...new Set([...changed.filter((record) => before.has(refKey(record))), ...above])];
  // Read before the changes: what somebody else notes meanwhile, of a change that is not read here, is not touched.
  const about = touched.length === 0 ? [] : await store.readConflicts(touched);
  // A review asks about a decision, not about a loser: only a person closes it.
  const existing = about.filter((one) => one.values.kind !== 'review');
  for (const conflict of existing) {
    const key = refKey(conflict);
    if (!before.has(key)) before.set(key, conflict);
    if (!after.has(key)) after.set(key, conflict);
    const { status, key: noted } = after.get(key)!.values;
    if (status === 'open' || erasers.has(noted as Key)) suspects.set(aboutKey(conflict), aboutRef(conflict));
  }
  if (suspects.size === 0) return [];
  const changes = byRecord([...(await store.readAppliedChanges([...suspects.values()])), ...applied]);
  const records = [...suspects.keys()].map((key) => after.get(key)!);
  const below = await readUnseenBelow(store, world.collectionNamed, after, records, changes, applied);
  const drafts = records.flatMap((record) => {
    const key = refKey(record);
    const held = existing.filter((one) => aboutKey(one) === key).map((one) => after.get(refKey(one))!);
    return draftsFor(world, record, { changes: changes.get(key) ?? [], below: below.get(key) ?? [], erasers }, held);
  });
  if (drafts.length === 0) return [];
  const own = await store.takeOwnNumbers(drafts.length);
  return drafts.map((draft, index) => {
    const key = refKey({ collection: CONFLICTS, id: draft.id });
    const change = changeOf(draft, after.get(key), own.replicaId, own.first + index, world.schema);
    after.set(key, mergeChange(after.get(key), change));
    return { change, outcome: appliedOutcome(change) };
  });
}

function aboutRef({ values }: StoredRecord): RecordRef {
  return { collection: values.collection as string, id: values.recordId as string };
}

/** The record that a conflict is about, as `refKey` says it. */
export function aboutKey(conflict: StoredRecord): string {
  return refKey(aboutRef(conflict));
}

/** A change of one conflict, not yet numbered. */
export interface Draft {
  readonly id: string;
  readonly kind: 'put' | 'erase';
  readonly fields: Readonly<Record<Key, Json>>;
  /** Later than these, and at the time of the newest of what it notes. */
  readonly after: readonly Stamp[];
  readonly at: string;
  readonly clinicId: string | null;
}

/** What is known of a record whose conflicts are brought up to date. */
interface Known {
  readonly changes: readonly Change[];
  /** Of the records below it that its deletion had not seen. */
  readonly below: readonly Change[];
  /** What was erased in this acceptance, by the key it has in the conflicts of what is above it. */
  readonly erasers: ReadonlyMap<Key, Change>;
}

function draftsFor<A>(
  world: World<A>,
  record: StoredRecord,
  { changes, below, erasers }: Known,
  existing: readonly StoredRecord[],
): Draft[] {
  const held = new Map(existing.map((one) => [one.id, one]));
  const losers = conflictsOf(world.collectionNamed, record, changes, below);
  const opened = [...losers].flatMap(([id, { loser, fields }]) => noteLoser(id, loser, fields, held.get(id)));
  const gone = existing.filter((one) => !losers.has(one.id));
  return [...opened, ...gone.flatMap((one) => noteGone(one, record, changes, erasers.get(one.values.key as Key)))];
}

type Declared = (name: string) => Declaration | undefined;

/** The conflicts of a record by their ids, as its changes and those below it say: each loser, and what is told of it. */
export function conflictsOf(
  declared: Declared,
  record: StoredRecord,
  changes: readonly Change[],
  below: readonly Change[],
): Map<string, { loser: Loser; fields: Record<Key, Json> }> {
  const idOf = declared(CONFLICTS)?.idOf;
  const collection = declared(record.collection);
  // A restored root may know of an erasure by its tombstone alone.
  if (idOf == null || collection === undefined || record.values[ERASED] === true) return new Map();
  return new Map(
    losersOf(changes, below)
      .filter(({ key }) => !collection.undecided.includes(key))
      .map((loser) => {
        const fields = fieldsOfConflict(collection, record, loser);
        return [idOf(fields)!, { loser, fields }];
      }),
  );
}

function fieldsOfConflict(collection: Declaration, record: StoredRecord, loser: Loser): Record<Key, Json> {
  const patientId = patientOf(collection, record);
  return {
    patientId,
    // Without a patient it is in no scope: an administrator decides it at the root.
    clinicId: patientId === null ? null : (record.values.clinicId ?? null),
    collection: record.collection,
    recordId: record.id,
    key: loser.key,
    kept: sideOf(loser.kept),
    lost: sideOf(loser.lost),
    kind: loser.kind,
    status: 'open',
  };
}

function sideOf({ change, value }: Write): Json {
  return { value, author: change.author, at: change.at, origin: change.origin, stamp: change.stamp };
}

/**
 * Opens a conflict; keeps an open one's two sides current. Opens it again when its loser is one again: an edit that
 * was restored and that a second deletion, unaware of it, hides anew.
 */
function noteLoser(
  id: string,
  { kept, lost }: Loser,
  fields: Record<Key, Json>,
  held: StoredRecord | undefined,
): Draft[] {
  const stamps = [kept.change.stamp, lost.change.stamp];
  const at = [kept.change.at, lost.change.at].sort()[1]!;
  const clinicId = fields.clinicId as string | null;
  if (held === undefined) return [{ id, kind: 'put', fields, after: stamps, at, clinicId }];
  const anew: Record<Key, Json> = { status: 'open', resolvedBy: null, resolution: null };
  const written = { ...(held.values.status === 'open' ? {} : anew), kept: fields.kept!, lost: fields.lost! };
  const isCurrent = sameJson(held.values.kept, fields.kept) && sameJson(held.values.lost, fields.lost);
  if (held.values.status === 'open' && isCurrent) return [];
  return [{ id, kind: 'put', fields: written, after: stamps, at, clinicId }];
}

/**
 * Closes a conflict whose loser is one no longer, by what stands now. Nothing of an erased record stays in it, be it the
 * record it is about or the one below whose edit was hidden.
 */
function noteGone(
  held: StoredRecord,
  record: StoredRecord,
  changes: readonly Change[],
  eraser: Change | undefined,
): Draft[] {
  const clinicId = (held.values.clinicId ?? null) as string | null;
  const key = held.values.kind === 'edit-and-delete' ? DELETED : (held.values.key as Key);
  const erased = record.values[ERASED] === true || eraser !== undefined;
  const standing = erased ? ERASED : key;
  const winner = eraser ?? changes.find((change) => change.stamp === record.stamps[standing]);
  // Its change was emptied meanwhile: nobody can say how it was resolved.
  if (winner === undefined) return [];
  const draft = { id: held.id, after: [winner.stamp], at: winner.at, clinicId };
  if (erased) return held.values[ERASED] === true ? [] : [{ ...draft, kind: 'erase', fields: {} }];
  if (held.values.status !== 'open') return [];
  const resolution = resolutionOf(held, winner, record.values[key] ?? null);
  return [{ ...draft, kind: 'put', fields: { status: 'resolved', resolvedBy: winner.author, resolution } }];
}

function resolutionOf({ values }: StoredRecord, winner: Change, value: Json): 'kept' | 'lost' | 'edited' {
  if (values.kind === 'edit-and-delete') return winner.kind === 'delete' ? 'kept' : 'lost';
  const [kept, lost] = [values.kept, values.lost] as unknown as { value: Json }[];
  if (sameJson(value, lost!.value)) return 'lost';
  return sameJson(value, kept!.value) ? 'kept' : 'edited';
}

/** The change that a draft becomes: its id and stamp follow from what it notes. */
export function changeOf(
  draft: Draft,
  held: StoredRecord | undefined,
  origin: string,
  originSeq: number,
  schema: number,
): Change {
  const below = [...draft.after, ...Object.values(held?.stamps ?? {})];
  // What it says and who says it are part of it: a restored root may note another state after the same stamps, and is
  // another origin. One stamp must never stand for two values.
  const said = `${draft.kind} by ${origin} after ${greatestStamp(below)}: ${canonicalJson(draft.fields)}`;
  const id = v5(said, draft.id);
  const keys = draft.kind === 'put' ? Object.keys(draft.fields) : Object.keys(held?.stamps ?? {});
  return {
    id,
    actionId: v5('action', id),
    origin,
    originSeq,
    collection: CONFLICTS,
    recordId: draft.id,
    clinicId: draft.clinicId,
    kind: draft.kind,
    fields: { ...draft.fields },
    replaced: seenStamps(held, keys),
    stamp: stampAfter(below, id),
    at: draft.at,
    // Nobody made it: the replica noticed.
    author: origin,
    reason: null,
    schema,
  };
}

/** A stamp at the end of time has none after it; no edit may hold up everyone else's by that. */
function stampAfter(stamps: readonly Stamp[], id: string): Stamp {
  const last = stamps.map(pointOf).reduce(laterPoint);
  const next = pointAfter(last);
  return makeStamp(next.ms < STAMP_LIMIT_MS ? next : last, id);
}

export function appliedOutcome(change: Change): LoggedChange['outcome'] {
  const { actionId, id } = change;
  return { actionId, changeIds: [id], result: 'applied', duplicate: false, confirmed: true, refusal: null };
}
