import type { Action } from './change.ts';
import type { Collection } from './declaration.ts';
import { isErased } from './emptied.ts';
import type { Acceptance, AcceptanceStore, FeedEntry, LoggedChange, ScopeDelta } from './feed-store.ts';
import type { World } from './judge.ts';
import { claimTombstone, mergeRecords, refOf } from './merge.ts';
import { noteConflicts } from './note-conflicts.ts';
import { noteReviews, type Review, reviewsOf } from './note-reviews.ts';
import type { Judged } from './protocol/judged.ts';
import type { Outcome } from './protocol/outcome.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from './record.ts';
import { reopenedActions } from './reopened.ts';
import { clinicsOfPatient, isBelonging, patientOf, type ScopeId, scopesOf } from './scopes.ts';
import { greatestStamp } from './stamp.ts';
import { type Deciding, suspect, suspectAround } from './suspects.ts';
import { verdictOf } from './verdict.ts';

/** What a feed replica accepts by. */
export interface Accepting {
  /** No upstream: what is applied here is confirmed, and conflicts are noted. */
  readonly root: boolean;
  /** Restored from a backup: what devices offer again was applied before, by rights that the backup may not know. */
  readonly recovering: boolean;
  /** What the hub that hands the actions in decided of them. Of a phone's own actions nothing. */
  readonly judged: readonly Judged[];
  /** The scopes whose feeds are kept here: all of them, or those of a relay's clinics. */
  readonly carries: (scope: ScopeId) => boolean;
}

/**
 * Accepts actions into a feed replica, within one transaction of `store`: known ones repeat their outcome, the others
 * are judged, merged, logged and fed. An action that is refused leaves nothing but its log and never stops the next.
 * What a hub decided stands: what it applied is applied here as well, in its clinics, and an administrator looks at
 * what this replica would have refused.
 */
export async function acceptActions<A>(
  store: AcceptanceStore,
  world: World<A>,
  actions: readonly Action[],
  { root, recovering, judged, carries }: Accepting,
): Promise<Outcome[]> {
  const verdicts = new Map(judged.map((one) => [one.actionId, one]));
  const known = new Map(await store.outcomesOf(actions.flatMap((action) => action.changes.map((change) => change.id))));
  const stored = new Set(known.keys());
  const reopened = await reopenedActions(store, known, actions, verdicts);
  const standing = (action: Action) => standingOutcome(known, action, reopened);
  const before = byRef(await store.readRecords(refsOf(actions.filter((action) => standing(action) === undefined))));
  const after = new Map(before);
  const suspects = new Map<string, RecordRef>();
  const log: LoggedChange[] = [];
  const reviews: Review[] = [];
  const outcomes = actions.map((handedIn) => {
    const action = reopened.get(handedIn.id) ?? handedIn;
    const earlier = standing(action);
    if (earlier !== undefined) return { ...earlier, duplicate: true };
    const told = verdicts.get(action.id);
    const isJudged = told !== undefined && told.result !== 'held';
    const verdict = isJudged || !recovering ? told : appliedBefore(world, action);
    const decided = decide(world, action, verdict, { before, after, suspects }, root);
    reviews.push(...decided.reviews);
    for (const change of action.changes) {
      known.set(change.id, decided.outcome);
      log.push({ change, outcome: decided.outcome });
    }
    return decided.outcome;
  });
  if (log.length === 0) return outcomes;
  await claimTombstones(store, before, after, log);
  const noted = root ? await noteConflicts(store, world, { before, after, suspects, log }) : [];
  if (root && reviews.length > 0) noted.push(...(await noteReviews(store, world, { before, after }, reviews)));
  if (!root) await suspectAround(store, world, { before, after, suspects, log });
  const revised = log.filter(({ change }) => stored.has(change.id));
  const fresh = log.filter(({ change }) => !stored.has(change.id));
  const acceptance = await acceptanceOf(store, world, carries, before, after);
  await store.write({ ...acceptance, log: fresh, noted, revised, suspects: root ? [] : [...suspects.values()] });
  return outcomes;
}

/**
 * Merges rows that came from another replica, and feeds them. Collections that are not known here are left out.
 * `replaces`: rows that a repair puts in the place of what is here.
 */
export async function acceptRows<A>(
  store: AcceptanceStore,
  world: World<A>,
  carries: Accepting['carries'],
  rows: readonly StoredRecord[],
  replaces: (held: StoredRecord, row: StoredRecord) => boolean = () => false,
): Promise<readonly RecordRef[]> {
  const known = rows.filter((row) => world.collectionNamed(row.collection) !== undefined);
  const before = byRef(await store.readRecords(known));
  const after = new Map(before);
  for (const row of known) {
    const held = after.get(refKey(row));
    after.set(refKey(row), held !== undefined && replaces(held, row) ? row : mergeRecords(held, row));
  }
  const acceptance = await acceptanceOf(store, world, carries, before, after);
  const changed = [...acceptance.created, ...acceptance.updated];
  if (changed.length > 0) await store.write({ ...acceptance, log: [], noted: [], revised: [], suspects: [] });
  return changed;
}

/** An erasure of what is not here: what was emptied before it came may say whose it was. */
async function claimTombstones(
  store: AcceptanceStore,
  before: ReadonlyMap<string, StoredRecord>,
  after: Map<string, StoredRecord>,
  log: readonly LoggedChange[],
): Promise<void> {
  const fresh = [...after.values()].filter((one) => isErased(one) && !before.has(refKey(one)));
  if (fresh.length === 0) return;
  const applied = log.filter(({ outcome }) => outcome.result === 'applied').map(({ change }) => change);
  for (const change of [...(await store.readAppliedChanges(fresh)), ...applied]) {
    const key = refKey(refOf(change));
    const held = after.get(key);
    if (held !== undefined && !before.has(key)) after.set(key, claimTombstone(held, change));
  }
}

/** What was decided of an action before, if that stands. */
function standingOutcome(
  known: ReadonlyMap<string, Outcome>,
  action: Action,
  reopened: ReadonlyMap<string, Action>,
): Outcome | undefined {
  const earlier = action.changes.map((change) => known.get(change.id)).find((outcome) => outcome !== undefined);
  return earlier?.result === 'refused' && reopened.has(action.id) ? undefined : earlier;
}

/** A device's word in a recovery, for work of users that are known here. */
function appliedBefore<A>(world: World<A>, action: Action): Judged | undefined {
  const isKnown = action.changes.every((change) => world.authorOf(change) !== undefined);
  return isKnown ? { actionId: action.id, result: 'applied', refusal: null } : undefined;
}

function byRef(records: readonly StoredRecord[]): Map<string, StoredRecord> {
  return new Map(records.map((record) => [refKey(record), record]));
}

function refsOf(actions: readonly Action[]): RecordRef[] {
  const refs = new Map<string, RecordRef>();
  for (const action of actions) {
    for (const change of action.changes) refs.set(refKey(refOf(change)), refOf(change));
  }
  return [...refs.values()];
}

function decide<A>(
  world: World<A>,
  action: Action,
  judged: Judged | undefined,
  deciding: Omit<Deciding, 'log'>,
  root: boolean,
): { outcome: Outcome; reviews: Review[] } {
  const { after } = deciding;
  const held = (ref: RecordRef) => after.get(refKey(ref));
  const { verdict, doubt } = verdictOf(world, action, judged, held, root);
  const reviews = doubt === null ? [] : reviewsOf(action, doubt, held);
  if (verdict.result === 'applied') {
    suspect(world, deciding, action.changes);
    for (const [key, record] of verdict.records) after.set(key, record);
  }
  const outcome: Outcome = {
    actionId: action.id,
    changeIds: action.changes.map((change) => change.id),
    result: verdict.result,
    duplicate: false,
    confirmed: root,
    refusal: verdict.result === 'refused' ? verdict.refusal : null,
  };
  return { outcome, reviews };
}

async function acceptanceOf<A>(
  store: AcceptanceStore,
  world: World<A>,
  carries: Accepting['carries'],
  before: ReadonlyMap<string, StoredRecord>,
  after: ReadonlyMap<string, StoredRecord>,
): Promise<Omit<Acceptance, 'log' | 'noted' | 'revised' | 'suspects'>> {
  const changed = [...after.values()].filter((record) => before.get(refKey(record)) !== record);
  const clinics = await patientClinics(store, world, changed);
  const feed: FeedEntry[] = [];
  const deltas = new Map<string, { count: number; digest: bigint }>();
  const charts = await store.readCharts(movedPatients(clinics));
  const touched = new Map([...byRef(charts), ...byRef(changed)]);
  for (const record of touched.values()) {
    feedRecord(
      world,
      carries,
      before.get(refKey(record)) ?? (charts.includes(record) ? record : undefined),
      record,
      clinics,
      feed,
      deltas,
    );
  }
  for (const entry of departuresWithoutPatient(world, carries, clinics, touched)) feed.push(entry);
  const isNew = (record: StoredRecord) => before.get(refKey(record)) === undefined;
  return {
    created: changed.filter(isNew),
    updated: changed.filter((record) => !isNew(record)),
    feed,
    deltas: [...deltas].map(([scope, delta]): ScopeDelta => ({ scope, ...delta })),
  };
}

/**
 * A patient who left before his own record came: the rest of his chart stood in the clinic's feed. Whoever holds it
 * goes by the patient, so his departure is told all the same.
 */
function departuresWithoutPatient<A>(
  world: World<A>,
  carries: Accepting['carries'],
  clinics: ReadonlyMap<string, Clinics>,
  touched: ReadonlyMap<string, StoredRecord>,
): FeedEntry[] {
  const word = world.collectionNamed('patients')?.scope;
  return [...clinics].flatMap(([recordId, { before, after, stamp }]) => {
    if (touched.has(refKey({ collection: 'patients', id: recordId }))) return [];
    const left = before.filter((clinicId) => !after.includes(clinicId)).map((clinicId) => `${clinicId}:${word}`);
    return left.filter(carries).map((scope) => ({ scope, collection: 'patients', recordId, leftStamp: stamp }));
  });
}

interface Clinics {
  readonly before: string[];
  readonly after: string[];
  /** The newest write to a membership: what a `left` row carries. */
  readonly stamp: string;
}

async function patientClinics<A>(
  store: AcceptanceStore,
  world: World<A>,
  changed: readonly StoredRecord[],
): Promise<ReadonlyMap<string, Clinics>> {
  const patientIds = new Set<string>();
  for (const record of changed) {
    const patientId = patientOf(declared(world, record), record);
    if (patientId !== null) patientIds.add(patientId);
  }
  const held = byRef(await store.readMemberships([...patientIds].sort()));
  const fresh = new Map([...held, ...byRef(changed.filter(isBelonging))]);
  const of = (records: Iterable<StoredRecord>, patientId: string) =>
    [...records].filter((record) => record.values.patientId === patientId);
  return new Map(
    [...patientIds].map((patientId) => {
      const memberships = of(fresh.values(), patientId);
      const stamp = greatestStamp(memberships.flatMap((record) => Object.values(record.stamps))) ?? '';
      const beforeClinics = clinicsOfPatient(of(held.values(), patientId));
      return [patientId, { before: beforeClinics, after: clinicsOfPatient(memberships), stamp }];
    }),
  );
}

function declared<A>(world: World<A>, record: StoredRecord): Collection<string, A> {
  const collection = world.collectionNamed(record.collection);
  if (collection === undefined) throw new Error(`applied a record of an undeclared collection: ${record.collection}`);
  return collection;
}

function movedPatients(clinics: ReadonlyMap<string, Clinics>): string[] {
  return [...clinics].filter(([, { before, after }]) => before.join() !== after.join()).map(([patientId]) => patientId);
}

/** Writes a record at the end of its scopes' feeds, and `left` into those it is no longer in. */
function feedRecord<A>(
  world: World<A>,
  carries: Accepting['carries'],
  before: StoredRecord | undefined,
  record: StoredRecord,
  clinics: ReadonlyMap<string, Clinics>,
  feed: FeedEntry[],
  deltas: Map<string, { count: number; digest: bigint }>,
): void {
  const collection = declared(world, record);
  const patientId = patientOf(collection, record);
  const membership = patientId === null ? undefined : clinics.get(patientId);
  const held = before === undefined ? [] : scopesOf(collection, before, membership?.before ?? []);
  const scopesBefore = held.filter(carries);
  const scopesAfter = scopesOf(collection, record, membership?.after ?? []).filter(carries);
  const add = (scope: string, count: number, hash: bigint) => {
    const delta = deltas.get(scope) ?? { count: 0, digest: 0n };
    deltas.set(scope, { count: delta.count + count, digest: delta.digest ^ hash });
  };
  const entry = { collection: record.collection, recordId: record.id };
  for (const scope of scopesBefore) add(scope, -1, recordHash(before!));
  for (const scope of scopesAfter) {
    add(scope, 1, recordHash(record));
    feed.push({ scope, ...entry, leftStamp: null });
  }
  for (const scope of scopesBefore) {
    if (!scopesAfter.includes(scope)) feed.push({ scope, ...entry, leftStamp: membership?.stamp ?? '' });
  }
}
