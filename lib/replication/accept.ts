import type { Action } from './change.ts';
import type { Collection } from './declaration.ts';
import type { Acceptance, AcceptanceStore, FeedEntry, LoggedChange, ScopeDelta } from './feed-store.ts';
import { judgeAction, type World } from './judge.ts';
import { refOf } from './merge.ts';
import { type Deciding, noteConflicts, suspect } from './note-conflicts.ts';
import type { Outcome } from './protocol/outcome.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from './record.ts';
import { clinicsOfPatient, MEMBERSHIPS, patientOf, scopesOf } from './scopes.ts';
import { greatestStamp } from './stamp.ts';

/**
 * Accepts actions into a feed replica, within one transaction of `store`: known ones repeat their outcome, the others
 * are judged, merged, logged and fed. An action that is refused leaves nothing but its log and never stops the next.
 * `root`: no upstream, so what is applied here is confirmed.
 */
export async function acceptActions<A>(
  store: AcceptanceStore,
  world: World<A>,
  actions: readonly Action[],
  root: boolean,
): Promise<Outcome[]> {
  const known = new Map(await store.outcomesOf(actions.flatMap((action) => action.changes.map((change) => change.id))));
  const before = byRef(
    await store.readRecords(refsOf(actions.filter((action) => earlierOutcome(known, action) === undefined))),
  );
  const after = new Map(before);
  const suspects = new Map<string, RecordRef>();
  const log: LoggedChange[] = [];
  const outcomes = actions.map((action) => {
    const earlier = earlierOutcome(known, action);
    if (earlier !== undefined) return { ...earlier, duplicate: true };
    const outcome = decide(world, action, { before, after, suspects }, root);
    for (const change of action.changes) {
      known.set(change.id, outcome);
      log.push({ change, outcome });
    }
    return outcome;
  });
  if (log.length === 0) return outcomes;
  const noted = root ? await noteConflicts(store, world, { before, after, suspects, log }) : [];
  await store.write({ ...(await acceptanceOf(store, world, before, after)), log, noted });
  return outcomes;
}

function earlierOutcome(known: ReadonlyMap<string, Outcome>, action: Action): Outcome | undefined {
  return action.changes.map((change) => known.get(change.id)).find((outcome) => outcome !== undefined);
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

function decide<A>(world: World<A>, action: Action, deciding: Omit<Deciding, 'log'>, root: boolean): Outcome {
  const { after } = deciding;
  const verdict = judgeAction(world, action, (ref) => after.get(refKey(ref)));
  if (verdict.result === 'applied') {
    suspect(world, deciding, action.changes);
    for (const [key, record] of verdict.records) after.set(key, record);
  }
  return {
    actionId: action.id,
    changeIds: action.changes.map((change) => change.id),
    result: verdict.result,
    duplicate: false,
    confirmed: root,
    refusal: verdict.result === 'refused' ? verdict.refusal : null,
  };
}

async function acceptanceOf<A>(
  store: AcceptanceStore,
  world: World<A>,
  before: ReadonlyMap<string, StoredRecord>,
  after: ReadonlyMap<string, StoredRecord>,
): Promise<Omit<Acceptance, 'log' | 'noted'>> {
  const changed = [...after.values()].filter((record) => before.get(refKey(record)) !== record);
  const clinics = await patientClinics(store, world, changed);
  const feed: FeedEntry[] = [];
  const deltas = new Map<string, { count: number; digest: bigint }>();
  const charts = await store.readCharts(movedPatients(clinics));
  const touched = new Map([...byRef(charts), ...byRef(changed)]);
  for (const record of touched.values()) {
    feedRecord(
      world,
      before.get(refKey(record)) ?? (charts.includes(record) ? record : undefined),
      record,
      clinics,
      feed,
      deltas,
    );
  }
  const isNew = (record: StoredRecord) => before.get(refKey(record)) === undefined;
  return {
    created: changed.filter(isNew),
    updated: changed.filter((record) => !isNew(record)),
    feed,
    deltas: [...deltas].map(([scope, delta]): ScopeDelta => ({ scope, ...delta })),
  };
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
  const fresh = new Map([...held, ...byRef(changed.filter((record) => record.collection === MEMBERSHIPS))]);
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
  before: StoredRecord | undefined,
  record: StoredRecord,
  clinics: ReadonlyMap<string, Clinics>,
  feed: FeedEntry[],
  deltas: Map<string, { count: number; digest: bigint }>,
): void {
  const collection = declared(world, record);
  const patientId = patientOf(collection, record);
  const membership = patientId === null ? undefined : clinics.get(patientId);
  const scopesBefore = before === undefined ? [] : scopesOf(collection, before, membership?.before ?? []);
  const scopesAfter = scopesOf(collection, record, membership?.after ?? []);
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
