import { expect } from 'vitest';
import type { MemoryFeedReplica } from '../../../db/memory/memory-feed-replica.ts';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { isBelieved, type Sender } from '../../../lib/domain/world.ts';
import { type Change, isCreation } from '../../../lib/replication/change.ts';
import { canonicalJson } from '../../../lib/replication/json.ts';
import { refOf } from '../../../lib/replication/merge.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { clinicsOfPatient, isBelonging, patientOf, scopesOf } from '../../../lib/replication/scopes.ts';
import { msOf } from '../../../lib/replication/stamp.ts';
import { bruteLosers, bruteLosersBelow } from '../brute-losers.ts';
import { noneOlder } from '../never-back.ts';
import { memoryDigests } from '../phone-stores.ts';
import type { Network, NetworkHub } from './a-network.ts';
import type { Region } from './faults.ts';

const DAY_MS = 86_400_000;

function byKey<T, K>(list: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** What stands in these scopes, worked out record by record rather than read from a feed. */
export function recordsIn(records: Iterable<StoredRecord>, scopes: readonly string[]): StoredRecord[] {
  const all = [...records];
  const belonging = byKey(all.filter(isBelonging), (record) => record.values.patientId);
  return all.filter((record) => {
    const collection = collectionNamed(record.collection);
    if (collection === undefined) return false;
    const mine = belonging.get(patientOf(collection, record)) ?? [];
    return scopesOf(collection, record, clinicsOfPatient(mine)).some((scope) => scopes.includes(scope));
  });
}

/** Where two sets of records differ, record by record and key by key. */
export function differences(held: readonly StoredRecord[], root: readonly StoredRecord[]): string[] {
  const known = held.filter((record) => collectionNamed(record.collection) !== undefined);
  const own = new Map(known.map((record) => [refKey(record), record]));
  const others = new Map(root.map((record) => [refKey(record), record]));
  return [...new Set([...own.keys(), ...others.keys()])].flatMap((name) => {
    const [here, there] = [own.get(name), others.get(name)];
    if (here === undefined) return [`${name} is missing`];
    if (there === undefined) return [`${name} is not the root's`];
    const keys = [...new Set([...Object.keys(here.stamps), ...Object.keys(there.stamps)])];
    const differing = keys.filter((key) => here.stamps[key] !== there.stamps[key]);
    const told = differing.map((key) => `${name} ${key}: ${here.stamps[key]}, at the root ${there.stamps[key]}`);
    return told.length > 0 || canonicalJson(here.values) === canonicalJson(there.values)
      ? told
      : [`${name}: other values`];
  });
}

/** Phones and hubs hold what the root has of their scopes, key by key and stamp by stamp, and nothing else. */
export function expectEqual({ server: { replica }, phones, hubs, network }: Region): void {
  for (const [index, { phone, sender }] of phones.entries()) {
    const { scopes } = network.grantsOf(replica, sender);
    const held = [...phone.state.records.values()];
    const known = held.filter(({ shown }) => collectionNamed(shown.collection) !== undefined);
    expect(known.filter(({ shown, stored }) => shown !== stored)).toEqual([]);
    const atRoot = recordsIn(replica.records.values(), scopes);
    expect({
      phone: index,
      differs: differences(
        held.map(({ shown }) => shown),
        atRoot,
      ),
    }).toEqual({ phone: index, differs: [] });
    const heads = scopes.map((scope) => replica.head(scope));
    expect(memoryDigests(phone, scopes)).toEqual(
      Object.fromEntries(heads.map(({ scope, count, digest }) => [scope, { count, digest }])),
    );
  }
  for (const [index, { relay, sender }] of hubs.entries()) {
    const { scopes } = network.grantsOf(replica, sender);
    const atRoot = recordsIn(replica.records.values(), scopes);
    expect({ hub: index, differs: differences([...relay.records.values()], atRoot) }).toEqual({
      hub: index,
      differs: [],
    });
    const fed = [...relay.scopes].filter(([, { count }]) => count > 0).map(([scope]) => scope);
    expect(fed.filter((scope) => !scopes.includes(scope))).toEqual([]);
    for (const scope of scopes) {
      const [own, root] = [relay.head(scope), replica.head(scope)];
      expect({ scope, count: own.count, digest: own.digest }).toEqual({
        scope,
        count: root.count,
        digest: root.digest,
      });
    }
  }
}

/** What a hub applied in its clinics is applied at the root, and what a root had applied is not refused by the next. */
export function expectVerdictsKept({ server: { replica }, hubs, network }: Region): void {
  const promised = new Set([...network.confirmed, ...hubs.flatMap(({ applied }) => [...applied])]);
  for (const { change, outcome } of replica.log) {
    if (!promised.has(change.actionId) || network.refusedByHubs.has(change.actionId)) continue;
    // A hub's word carries nothing into others' clinics.
    const held = replica.records.get(refKey(refOf(change)))?.values.clinicId;
    if ([change.fields.clinicId, held].some((id) => typeof id === 'string' && id !== change.clinicId)) continue;
    // A root that was restored may have lost the author: it believes nobody's work before it knows of him.
    const author = `users/${change.author}`;
    if (!replica.records.has(author) || network.witnessed.includes(author)) continue;
    expect([change.actionId, outcome.result, outcome.refusal], 'it was applied').not.toContain('refused');
  }
}

/**
 * What a phone did to a record is judged at the root in the order in which it did it: no edit before the making. But for
 * phones of a hub that ran alone: what it had confirmed the root gets from it, and decides the edit again.
 */
export function expectJudgedInOrder({ server: { replica }, hubs }: Region): void {
  if (hubs.some(({ ranAlone }) => ranAlone)) return;
  const judged = byKey(replica.log, ({ change }) => `${change.origin} ${refKey(refOf(change))}`);
  for (const [what, entries] of judged) {
    const made = entries.findIndex(({ change, emptied }) => emptied !== true && isCreation(change));
    const before = entries.slice(0, Math.max(0, made)).map(({ change }) => change.originSeq);
    expect({ what, before }).toEqual({ what, before: [] });
  }
}

/** No clock is off by more than a day when it stamps, after contact: what the last exchange measured may be a day old. */
export function expectStampsOfNow({ server: { replica }, network }: Region): void {
  const latest = network.time.ms + 3 * DAY_MS;
  for (const { id, stamps } of replica.records.values())
    for (const stamp of Object.values(stamps)) expect(msOf(stamp), `a stamp of ${id}`).toBeLessThan(latest);
}

/** Did anybody ever have other sums than the root? */
export function wasHealed({ phones, hubs }: Region): boolean {
  return phones.some(({ phone }) => phone.state.healed !== '') || hubs.some(({ relay }) => relay.healed !== '');
}

/**
 * A root that heard this witness has nothing older of what he may hold and is believed of, but for impossible values and
 * stamps of a day that is still to come: a phone whose clock was put right since its last exchange.
 */
export function expectHeard(
  { replica }: Network['server'],
  sender: Sender,
  scopes: readonly string[],
  rows: StoredRecord[],
  nowMs: number,
) {
  const standing = new Set(recordsIn(replica.records.values(), scopes).map(refKey));
  const believed = rows.filter((row) => standing.has(refKey(row)) && isBelieved(sender, row.collection));
  const latest = nowMs + 86_400_000;
  const sound = believed.filter(
    ({ values, stamps }) => values.sex !== 'nonsense' && Object.values(stamps).every((stamp) => msOf(stamp) <= latest),
  );
  noneOlder(sound, replica.records);
}

const KEPT_OF_ERASED = ['created', 'deleted', 'erased', 'clinicId', 'patientId'];

/** What a change says beside whose its record is. */
function contentOf({ fields, reason }: Change): string[] {
  return [
    ...Object.keys(fields).filter((key) => !KEPT_OF_ERASED.includes(key)),
    ...(reason === null ? [] : ['reason']),
  ];
}

/**
 * Of what was erased nothing but that, and where it belongs, stands anywhere, and nothing in any log, nor on a phone
 * that holds the tombstone in its outbox or among what was replaced.
 */
export function expectErased({ server, hubs, phones, ...region }: Region): void {
  // The others burned with their hub, and nobody knows of them any more.
  const atRoot = [...server.replica.records.values()].filter(({ values }) => values.erased === true);
  const erased = new Set([...region.erased, ...atRoot.map(({ id }) => id)]);
  const kept = [server.replica, ...hubs.map((hub) => hub.relay)].flatMap(({ records }) => [...records.values()]);
  const held = phones.flatMap(({ phone }) => [...phone.state.records.values()]);
  for (const { id, values } of [...kept, ...held.flatMap(({ stored, shown }) => [stored ?? shown, shown])]) {
    if (!erased.has(id)) continue;
    expect(values.erased, `${id} was erased`).toBe(true);
    expect(Object.keys(values).filter((key) => !KEPT_OF_ERASED.includes(key))).toEqual([]);
  }
  const logs = [server.replica.log, ...hubs.map(({ relay }) => stillTold(relay, server))];
  for (const { change } of logs.flat())
    if (erased.has(change.recordId)) expect(contentOf(change), `a log still has ${change.recordId}`).toEqual([]);
  for (const { phone } of phones) {
    const { outbox, records, replaced } = phone.state;
    const isErased = (ref: RecordRef) => records.get(refKey(ref))?.stored?.values.erased === true;
    const own = outbox.flatMap(({ action }) => action.changes).filter((change) => isErased(refOf(change)));
    for (const change of own) expect(contentOf(change), `an outbox still has ${change.recordId}`).toEqual([]);
    expect(replaced.filter(isErased), 'replaced, and erased').toEqual([]);
  }
}

/** The log of a hub but for what its root's backup may lack of what is not held here: of that nobody tells it more. */
function stillTold({ log, records }: NetworkHub['relay'], { replica }: Network['server']) {
  return log.filter(({ change }) => records.has(refKey(refOf(change))) || isInBackup(change, replica));
}

function isInBackup({ origin, originSeq }: Change, { backedUp }: Network['server']['replica']): boolean {
  return originSeq <= (backedUp.get(origin) ?? 0);
}

/** A month after the last backup a hub has nothing of what it does not hold but what that backup may lack. */
export function expectLetGoEmptied({ server: { replica }, hubs }: Region): number {
  const letGo = hubs.flatMap(({ relay: { log, records } }) =>
    log.filter(({ change }) => !records.has(refKey(refOf(change))) && isInBackup(change, replica)),
  );
  for (const { change } of letGo) expect(contentOf(change), `a hub still has ${change.recordId}`).toEqual([]);
  return letGo.length;
}

/** Every saved action is at the root: applied, each key at least as new as it wrote, or refused with its content. */
export function expectNothingLost({ server: { replica }, hubs, phones, saved, erased, erasedAtHubs }: Region): void {
  expect(new Set(replica.log.map(({ change }) => change.id)).size).toBe(replica.log.length);
  const logged = byKey(replica.log, ({ change }) => change.actionId);
  for (const [id, holders] of saved) {
    const entries = phones.flatMap((phone) => phone.phone.state.outbox.filter((entry) => entry.action.id === id));
    const atRoot = logged.get(id);
    if (atRoot === undefined) {
      // Refused before its record was erased, and lost with the root: a hub knows of it, and no content.
      const atHubs = hubs.flatMap(({ relay }) => relay.log.filter(({ change }) => change.actionId === id));
      if (atHubs.length > 0 && atHubs.every(({ emptied }) => emptied === true)) continue;
      expect([...holders].length, `action ${id} is nowhere`).toBeGreaterThan(0);
      for (const entry of entries) expect(entry.state, `action ${id} is not at the root`).toBe('refused');
      expect(entries.length, `action ${id} is in no outbox`).toBeGreaterThan(0);
      continue;
    }
    const { result } = atRoot[0]!.outcome;
    for (const entry of entries) expect(entry.state).toBe(result === 'refused' ? 'refused' : 'confirmed');
    if (result !== 'applied') continue;
    for (const { change } of atRoot) {
      const record = replica.records.get(refKey({ collection: change.collection, id: change.recordId }));
      if (erased.has(change.recordId) || erasedAtHubs.has(change.recordId)) continue;
      for (const key of Object.keys(change.fields)) expect(record!.stamps[key]! >= change.stamp).toBe(true);
    }
  }
}

/** Conflicts are noted by a root: a hub that never was one has made no change of its own but erasures. */
export function expectNotedByRoots({ hubs }: Region): void {
  for (const { relay, ranAlone } of hubs) {
    const own = relay.log.filter(({ change }) => change.origin === relay.who.replicaId && change.kind !== 'erase');
    if (!ranAlone) expect(own, 'changes of a hub').toEqual([]);
  }
}

/** A hub that is settled with its root tells of no conflicts but the root's. */
export async function expectNothingProvisional({ hubs }: Region): Promise<void> {
  for (const { relay } of hubs) {
    expect(await relay.provisional(), 'conflicts that the root did not note').toEqual([]);
    expect([...relay.suspects.keys()]).toEqual([]);
  }
}

/**
 * A hub tells of every loser among what it applied, as long as the root has neither side: none where the root's row
 * stands above them or between (what the hub held or refused came as one), and none that the root has noted. Returns
 * how many.
 */
export async function expectProvisional({ relay }: Pick<NetworkHub, 'relay'>): Promise<number> {
  if (relay.who.root) return 0;
  const told = (await relay.provisional()).map(({ conflict: { values } }) => nameOfConflict(values));
  const noted = new Set(
    [...relay.records.values()]
      .filter((one) => isConflict(one) && one.values.erased !== true)
      .map(({ values }) => nameOfConflict(values)),
  );
  const applied = relay.log.filter(({ outcome, emptied }) => outcome.result === 'applied' && emptied !== true);
  const byRecord = byKey(applied, ({ change }) => refKey(refOf(change)));
  const losers = [...byRecord].flatMap(([name, logged]) => {
    const record = relay.records.get(name);
    if (record === undefined || record.values.erased === true || !mayHaveConflicts(record)) return [];
    const changes = logged.map(({ change }) => change);
    return bruteLosers(changes)
      .filter((loser) => {
        const [key, stamp] = loser.split(' ') as [string, string];
        const sides = logged.filter(({ change }) => [stamp, record.stamps[key]].includes(change.stamp));
        const seen = changes.flatMap(({ replaced }) => replaced[key] ?? []);
        const isAllHere = seen.every((one) => changes.some((change) => change.stamp === one));
        const isOwn = isAllHere && sides.length === 2 && sides.every(({ revised }) => revised !== true);
        // What the root has of one side it may have taken from here meanwhile, the chart being let go: it knows more.
        return isOwn && sides.every(({ outcome }) => !outcome.confirmed);
      })
      .map((loser) => `${name} ${loser}`);
  });
  const missing = losers.filter((loser) => !noted.has(loser) && !told.includes(loser));
  expect(missing, 'losers that a hub does not tell of').toEqual([]);
  expect(
    told.filter((one) => noted.has(one)),
    'told beside what the root noted',
  ).toEqual([]);
  return told.length;
}

function isConflict({ collection }: StoredRecord): boolean {
  return collection === 'conflicts';
}

function nameOfConflict({ collection, recordId, key, lost }: StoredRecord['values']): string {
  return `${collection}/${recordId} ${key} ${(lost as { stamp: string }).stamp}`;
}

function mayHaveConflicts({ collection }: StoredRecord): boolean {
  return !['conflicts', 'stockMovements'].includes(collection) && collectionNamed(collection)?.scope !== 'custody';
}

/** The open conflicts of a root are exactly the losers among all that it applied. */
export function expectConflicts(replica: Pick<MemoryFeedReplica<unknown>, 'log' | 'records'>): void {
  const applied = replica.log.filter(({ outcome }) => outcome.result === 'applied').map(({ change }) => change);
  const losers = [...replica.records.values()].filter(mayHaveConflicts).flatMap((record) => {
    const changes = applied.filter((one) => one.recordId === record.id && one.collection === record.collection);
    if (record.values.erased === true) return [];
    const own = bruteLosers(changes).map((loser) => `${refKey(record)} ${loser}`);
    const below = bruteLosersBelow(record.collection, record.id, applied).map((one) => `${refKey(record)} ${one}`);
    return [...own, ...below];
  });
  const open = [...replica.records.values()].filter(
    (one) => isConflict(one) && one.values.status === 'open' && one.values.kind !== 'review',
  );
  expect(open.map(({ values }) => nameOfConflict(values)).sort()).toEqual(losers.sort());
}

/** A ledger is the sum of what was written to it, each once. */
export function expectExactSums({ server: { replica } }: Region): void {
  const movements = [...replica.records.values()].filter((one) => one.collection === 'stockMovements');
  const applied = replica.log.filter(
    ({ change, outcome }) => change.collection === 'stockMovements' && outcome.result === 'applied',
  );
  const sum = (numbers: unknown[]) => numbers.reduce<number>((total, one) => total + Number(one), 0);
  const written = new Map(applied.map(({ change }) => [change.recordId, change.fields.quantity]));
  for (const movement of movements)
    if (written.has(movement.id)) expect(movement.values.quantity).toBe(written.get(movement.id));
  const counted = movements.filter((one) => written.has(one.id)).map((one) => one.values.quantity);
  expect(sum(counted)).toBe(sum([...written.values()]));
}
