import type pg from 'pg';
import type { Actor } from '../../lib/access/actor.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { CommandRefusal } from '../../lib/domain/command.ts';
import { type Author, authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { patientOf } from '../../lib/replication/scopes.ts';
import { acceptWithin, BEGIN_PUSH, readActors } from './accept-changes.ts';
import { chartsTouched, lockCharts } from './chart-locks.ts';
import { isRerunnable, together } from './faults.ts';
import { readCharts } from './read-charts.ts';
import { lockRecords, type Queryable, readByIds } from './record-statements.ts';
import { inTransaction, newId, readIdentity } from './replica-identity.ts';
import { refusalByRoot } from './root-verdict.ts';
import { carriedScopes } from './upstream.ts';

/** What an edit made at this replica is decided on. */
export interface ServerView {
  readonly nowMs: number;
  /** The author as his records say; undefined when none names him. */
  readonly actor: Actor | undefined;
  readonly read: (ref: RecordRef) => StoredRecord | undefined;
}

export interface ServerEdit {
  readonly author: Author;
  /** Records to read before deciding. Those that an edit touches must be among them, or be new. */
  readonly needs: readonly RecordRef[];
  /** The edits, or null to save nothing. Called more than once: to learn what is locked, and when it is run again. */
  readonly decide: (view: ServerView) => readonly Edit[] | null;
  /** Somebody who may act although no record names him yet. */
  readonly founder?: Actor;
}

/** What became of an edit: decided like any phone's, or nothing stored because a hub's root would not take it. */
export type Authored = Outcome | (Pick<Outcome, 'actionId' | 'refusal'> & { readonly result: 'main-server-only' });

/** Why nothing of it stands, as a command says it; null when it does. */
export function refusalOf(authored: Authored): CommandRefusal | null {
  const { result, refusal } = authored;
  if (result === 'main-server-only') return { kind: result, field: null, problems: [] };
  return refusal === null ? null : { kind: refusal.code, field: refusal.key, problems: [] };
}

const ATTEMPTS = 5;

/**
 * Makes and accepts one action of this replica: numbered, stamped and judged like any phone's, in one transaction. The
 * outcome, or null when there was nothing to save. Throws on faults; nothing is then written.
 */
export async function authorEdits(pool: pg.Pool, edit: ServerEdit): Promise<Authored | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, BEGIN_PUSH, (client) => authorWithin(client, edit));
    } catch (fault) {
      if (!isRerunnable(fault) || attempt === ATTEMPTS) throw fault;
    }
  }
}

/** The same within a transaction of the caller, who must commit right after. */
export async function authorWithin(client: Queryable, edit: ServerEdit): Promise<Authored | null> {
  const { author, decide, founder } = edit;
  const foreseen = decide(await readView(client, edit));
  if (foreseen === null) return null;
  await lockEdited(client, foreseen);
  const origin = await lockOwnOrigin(client);
  const view = await readView(client, edit);
  const edits = decide(view);
  if (edits === null) return null;
  const { nowMs, read } = view;
  const now = { deviceMs: nowMs, at: new Date(nowMs).toISOString(), schema: SCHEMA_VERSION };
  const charts = await readChartsOfDeleted(client, edits, read);
  const below = (record: StoredRecord) => recordsBelow(collectionNamed, record, charts);
  const authored = authorAction(edits, read, author, origin, now, newId, below);
  if (authored === null) return null;
  const refusal = founder === undefined ? await refusalByRoot(client, authored.action, read) : null;
  if (refusal !== null) return { result: 'main-server-only', actionId: authored.action.id, refusal };
  await saveOwnOrigin(client, authored.origin);
  const push = { sender: { kind: 'server' as const }, receivedFrom: null, actions: [authored.action] };
  const [outcomes] = await acceptWithin(client, [founder === undefined ? push : { ...push, founder }]);
  return outcomes?.[0] ?? null;
}

async function readView(client: Queryable, { author, needs, founder }: ServerEdit): Promise<ServerView> {
  const [records, actors] = await together([readByIds(client, needs), readActors(client, [author.userId])]);
  const held = new Map(records.map((record) => [refKey(record), record]));
  return {
    nowMs: Date.now(),
    actor: founder ?? actors.get(author.userId),
    read: (ref) => held.get(refKey(ref)),
  };
}

/**
 * What edits touch, locked before this replica's own row: the order of `acceptWithin`. Alone on the charts, so that no
 * conflict about their records is anybody else's.
 */
export async function lockEdited(client: Queryable, edits: readonly Edit[]): Promise<void> {
  const writes = edits.map(({ id, ...edit }) => ({ ...edit, recordId: id }));
  await carriedScopes(client, await readIdentity(client));
  const charts = await chartsTouched(client, writes);
  const alone = new Map([...charts.keys()].map((patientId) => [patientId, true]));
  await together([lockCharts(client, alone), lockRecords(client, edits)]);
}

/** What hangs below the records that are deleted: their deletion says what it has seen of it. */
export async function readChartsOfDeleted(
  client: Queryable,
  edits: readonly Edit[],
  read: ServerView['read'],
): Promise<StoredRecord[]> {
  const patients = edits.flatMap((edit) => {
    const [record, collection] = [read(edit), collectionNamed(edit.collection)];
    if (edit.kind !== 'delete' || record === undefined || collection?.place !== 'chart') return [];
    return patientOf(collection, record) ?? [];
  });
  return readCharts(client, [...new Set(patients)]);
}

interface OwnRow {
  replica_id: string;
  own_seq: number;
  clock_ms: number;
  clock_counter: number;
}

/**
 * The row lock keeps this replica's numbers gapless and its clock forward, whichever process writes. Charts and records
 * are locked before it: `acceptWithin` says in which order.
 */
export async function lockOwnOrigin(client: Queryable): Promise<Origin> {
  await readIdentity(client);
  const text = 'select replica_id, own_seq, clock_ms, clock_counter from replica for update';
  const row = (await client.query<OwnRow>({ name: 'lock own origin', text })).rows[0]!;
  const clock = { point: { ms: row.clock_ms, counter: row.clock_counter }, offsetMs: 0 };
  return { replicaId: row.replica_id, seq: row.own_seq, clock };
}

export async function saveOwnOrigin(client: Queryable, { seq, clock }: Origin): Promise<void> {
  await client.query({
    name: 'save own origin',
    text: 'update replica set own_seq = $1, clock_ms = $2, clock_counter = $3',
    values: [seq, clock.point.ms, clock.point.counter],
  });
}
