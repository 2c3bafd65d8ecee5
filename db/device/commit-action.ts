import { collectionNamed } from '../../lib/domain/collections.ts';
import { rebaseRecord } from '../../lib/replication/apply-reply.ts';
import { type Author, authorAction, type Edit } from '../../lib/replication/author-action.ts';
import type { Action, Change } from '../../lib/replication/change.ts';
import { trustedTime } from '../../lib/replication/clock.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import { emptiedAction, isErased } from '../../lib/replication/emptied.ts';
import { mergeChange, refOf } from '../../lib/replication/merge.ts';
import { newEntry } from '../../lib/replication/outbox.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { savedInBallast } from './ballast.ts';
import { heldRecord, placeKey, type RowPlace, shownRecord, shownRecords, withRecord } from './chart.ts';
import { placeOf } from './chart-row.ts';
import type { DeviceDatabase, OriginRow } from './device-database.ts';
import { inTurn } from './in-turn.ts';
import { outboxRow } from './outbox.ts';
import { readOrigin } from './replica-state.ts';
import { type OpenRow, RowMoved, readRows, sealRows, writeRows } from './rows.ts';

/** What a command is decided on: the rows it needs, opened. */
export interface Opened {
  readonly read: (ref: RecordRef) => StoredRecord | undefined;
}

/** A decision to save these edits, or not to save (`null`), made on the opened rows. */
export type Decide = (opened: Opened) => { edits: readonly Edit[]; author: Author } | null;

/** What a save is made with. `check` is the judge that the upstream will ask as well: what it refuses is not saved. */
export interface Committer {
  readonly deviceMs: () => number;
  readonly newId: () => string;
  readonly schema: number;
  readonly check: (action: Action, read: Opened['read']) => ChangeRefusal | null;
}

export type Committed =
  | { readonly ok: true; readonly action: Action | null }
  | { readonly ok: false; readonly refusal: ChangeRefusal };

/** How often a decision is made again because its rows moved under it, before that is a fault. */
const MOST_ATTEMPTS = 20;

/**
 * Saves an action: rows, outbox and clock commit together (a crash between them would show a record that never leaves
 * this phone). Resolves when the disk holds all of it; `action` is null when there was nothing to save.
 * Throws what IndexedDB throws: on a full disk every request "succeeds" and only the commit aborts.
 */
export async function commitAction(
  database: DeviceDatabase,
  key: CryptoKey,
  places: readonly RowPlace[],
  decide: Decide,
  committer: Committer,
): Promise<Committed> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTurn(database, () =>
        savedInBallast(database, () => tryCommit(database, key, places, decide, committer)),
      );
    } catch (fault) {
      if (!isMoved(fault) || attempt === MOST_ATTEMPTS) throw fault;
    }
  }
}

/** Dexie hands on what was thrown inside a transaction; a moved row is the only fault worth another try. */
function isMoved(fault: unknown): boolean {
  return fault instanceof RowMoved;
}

async function tryCommit(
  database: DeviceDatabase,
  key: CryptoKey,
  places: readonly RowPlace[],
  decide: Decide,
  committer: Committer,
): Promise<Committed> {
  const origin = await readOrigin(database);
  const opened = await readRows(database, key, places);
  const read = (ref: RecordRef) => readOpened(opened, ref);
  const decided = decide({ read });
  if (decided === null) return { ok: true, action: null };
  const deviceMs = committer.deviceMs();
  const at = new Date(trustedTime(origin.clock, deviceMs)).toISOString();
  const now = { deviceMs, at, schema: committer.schema };
  const below = (record: StoredRecord) => recordsBelow(collectionNamed, record, allShown(opened));
  const authored = authorAction(decided.edits, read, decided.author, origin, now, committer.newId, below);
  if (authored === null) return { ok: true, action: null };
  const { action } = authored;
  const refusal = committer.check(action, read);
  if (refusal !== null) return { ok: false, refusal };
  const commit = origin.commit + 1;
  const changed = await changedRows(database, key, opened, action.changes);
  const sealed = await sealRows(key, changed);
  const touched = changed.map((row) => row.place);
  const made = newEntry(action, origin.chain);
  const kept = emptiedAction(action, (ref) => isErased(storedIn(changed, ref)));
  const entry = await outboxRow(key, { ...made, action: kept, places: touched }, { seq: commit, madeAtMs: deviceMs });
  const next: OriginRow = { ...origin, ...authored.origin, chain: made.chain, commit };
  await database.transaction('rw', [database.charts, database.records, database.outbox, database.meta], async () => {
    const current = await readOrigin(database);
    if (current.commit !== origin.commit || current.replicaId !== origin.replicaId) throw new RowMoved();
    await writeRows(database, sealed, commit);
    await database.outbox.add(entry);
    await database.meta.put(next);
  });
  return { ok: true, action };
}

function allShown(opened: ReadonlyMap<string, OpenRow>): StoredRecord[] {
  return [...opened.values()].flatMap(({ held }) => shownRecords(held));
}

function readOpened(opened: ReadonlyMap<string, OpenRow>, ref: RecordRef): StoredRecord | undefined {
  for (const { held } of opened.values()) {
    const record = shownRecord(held, ref);
    if (record !== undefined) return record;
  }
  return undefined;
}

function storedIn(rows: readonly OpenRow[], ref: RecordRef): StoredRecord | undefined {
  return rows.map(({ held }) => held.stored[refKey(ref)]).find((record) => record !== undefined);
}

/** The rows that the changes touch, with the changes merged over what is shown. Rows not opened yet are read now. */
async function changedRows(
  database: DeviceDatabase,
  key: CryptoKey,
  opened: ReadonlyMap<string, OpenRow>,
  changes: readonly Change[],
): Promise<OpenRow[]> {
  const rows = new Map(opened);
  const touched = new Set<string>();
  for (const change of changes) {
    const place = placeFor(opened, change);
    const row = rows.get(placeKey(place)) ?? (await readRows(database, key, [place])).get(placeKey(place))!;
    const held = heldRecord(row.held, refKey(refOf(change)));
    const shown = mergeChange(held?.shown, change);
    const record =
      held === undefined ? rebaseRecord(undefined, undefined, [], [change]) : { stored: held.stored, shown };
    rows.set(placeKey(place), { ...row, held: withRecord(row.held, refKey(refOf(change)), record) });
    touched.add(placeKey(place));
  }
  return [...rows].filter(([place]) => touched.has(place)).map(([, row]) => row);
}

function placeFor(opened: ReadonlyMap<string, OpenRow>, change: Change): RowPlace {
  for (const row of opened.values()) if (shownRecord(row.held, refOf(change)) !== undefined) return row.place;
  const place = placeOf(mergeChange(undefined, change));
  if (place === null) throw new Error(`a phone does not hold ${change.collection}`);
  // A row of its own would never be found again from its patient's chart.
  if (place.table === 'records' && collectionNamed(change.collection)?.place === 'chart')
    throw new Error(`a change to ${change.collection} whose chart was not opened`);
  return place;
}
