import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Departure, Reading, Unchecked } from '../../lib/replication/apply-reply.ts';
import type { ReplicaClock } from '../../lib/replication/clock.ts';
import type { Walks } from '../../lib/replication/healing.ts';
import type { Standing } from '../../lib/replication/outbox.ts';
import type { SealedHead } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { ANYWHERE } from './chart.ts';
import type { WrappedKey } from './data-key.ts';
import type { DeviceReport } from './device-report.ts';
import type { Sealed } from './seal.ts';
import type { Settlement } from './settle-refused.ts';

/** Records and XOR of their hashes, as text: the part of a scope's digest that a row holds. */
export type Sum = readonly [count: number, digest: string];

/** One patient: the record and every record of his chart, sealed. Beside it only what is no clinical value. */
export interface ChartRow {
  readonly id: string;
  /** Local commit number: what changed since is found by it. */
  readonly commit: number;
  /** The clinics of the stored memberships, and the sums of the stored records by scope word: for digests. */
  readonly clinics: readonly string[];
  readonly sums: Readonly<Record<string, Sum>>;
  readonly sealed: Sealed;
}

/** One record of the organisation or of a clinic, sealed. `id` is `<collection>/<id>`. */
export interface RecordRow {
  readonly id: string;
  readonly kind: string;
  readonly commit: number;
  readonly scopes: readonly string[];
  readonly sum: Sum;
  readonly sealed: Sealed;
}

/** One action that was made here, sealed, and where it has got to. */
export interface OutboxRow extends Standing {
  readonly id: string;
  /** Its place among all that was ever saved here: the commit that saved it. */
  readonly seq: number;
  /** `trail`: it only says that somebody looked. It goes like all others, but is no work of a person's to be lost. */
  readonly kind: 'work' | 'trail';
  readonly changes: number;
  readonly author: string;
  readonly madeAtMs: number;
  /** The rows in which a pending action stands, as `<table>:<id>`; absent in every other state. */
  readonly pendingIn?: readonly string[];
  /** Of a refused action that a person dealt with. */
  readonly settled?: Settlement;
  readonly sealed: Sealed;
}

/** A form that is being filled in: kept at every pause, so that leaving, locking or a crash costs nothing. */
export interface DraftRow {
  readonly id: string;
  readonly author: string;
  readonly savedAtMs: number;
  readonly sealed: Sealed;
}

/** Changed by whoever saves here. */
export interface OriginRow {
  readonly key: 'origin';
  readonly replicaId: string;
  readonly seq: number;
  readonly chain: string;
  readonly clock: ReplicaClock;
  /** Whom it was before it noticed that it had been restored or cloned, the latest last. */
  readonly former?: readonly string[];
  /** The last local commit number. */
  readonly commit: number;
}

/** Changed by whoever reads the upstream's feed. */
export interface FeedRow {
  readonly key: 'feed';
  /** Counts replies: whoever else applies one is noticed by it. */
  readonly version: number;
  readonly epoch: string | null;
  readonly rootEpoch: string | null;
  /** By life of a feed: phones change between a server and a hub. */
  readonly cursors: Reading['cursors'];
  readonly scopes: readonly string[];
  /** The greatest version of its rights that this phone has seen. */
  readonly grants: number;
  /** Clinics whose work the upstream that was last asked does not take. */
  readonly notHere: readonly string[];
  /** Lives of feeds that are being read from their beginning: what they brought is listed in rows of its own. */
  readonly walks: Walks;
  /** The root that this phone has borne witness to, by the life of its feed. */
  readonly witnessed: string | null;
  /** Version of the declarations that what is held was read with. */
  readonly schema: number;
  /** Patients who left a scope and could not be let go yet: the feed says it only once. */
  readonly waiting: readonly Departure[];
  readonly unchecked: Unchecked;
  /** By life of a feed: the last time that scopes were read again because the digests differed. */
  readonly healing: Readonly<Record<string, Healing>>;
  /** Records that reading again brought back or brought up to date, ever. */
  readonly healed: number;
  /** What an upstream was last told of how this phone fares. */
  readonly reported: DeviceReport | null;
  /** A first sync on its way, or null. */
  readonly snapshot: SnapshotProgress | null;
  readonly lastContactMs: number | null;
}

/** Scopes that are read again from an upstream. */
export interface Healing {
  readonly startedMs: number;
  readonly scopes: readonly string[];
  /** Where to read on; null before the first page. */
  readonly token: string | null;
  readonly over: boolean;
  /** It did not help: everything was read anew since, the root's rows replacing what is here. */
  readonly repaired?: true;
}

export interface SnapshotProgress {
  readonly token: string | null;
  readonly stage: string;
  readonly totals: { readonly patients: number; readonly records: number };
  readonly delivered: { readonly patients: number; readonly records: number };
}

/** One user who may open this phone. */
export interface KeyringEntry {
  readonly userId: string;
  readonly name: string;
  readonly wrapped: WrappedKey;
  readonly wrongAttempts: number;
  readonly blockedUntilMs: number;
}

export interface DeviceRow {
  readonly key: 'device';
  readonly deviceId: string;
  /** As administrators see it; absent on phones enrolled before it was kept. */
  readonly deviceName?: string;
  readonly clinicIds: readonly string[];
  readonly keyring: readonly KeyringEntry[];
  /** The bearer token, sealed with the data key: no unlock, no sync. */
  readonly bearer: Sealed;
}

export interface BlobRow {
  readonly key: 'summaries' | 'settings';
  readonly commit: number;
  readonly sealed: Sealed;
}

/** What one reply to a walk brought: the records of each row, the row as `<table>:<id>`. */
export interface WalkRow {
  /** With the life of the feed, and the replies applied before. */
  readonly key: `walk:${string}:${number}`;
  readonly brought: readonly (readonly [place: string, records: readonly string[]])[];
}

/** A record in a state that the root's rows replaced, sealed. */
export interface ReplacedRow {
  /** The record as `<collection>/<id>`, and the hash of the state. */
  readonly id: string;
  readonly record: string;
  readonly patientId: string | null;
  readonly atMs: number;
  readonly sealed: Sealed;
}

/**
 * Where upstreams said that their logs are sealed: a log that was shortened or rewritten since is noticed by it. By
 * life of a feed, since a hub's log is not the server's; of each scope the furthest.
 */
export interface SealsRow {
  readonly key: 'seals';
  readonly heads: Readonly<Record<string, Readonly<Record<ScopeId, SealedHead>>>>;
}

/** Room that is kept for a save on a full disk. */
export interface BallastRow {
  readonly key: 'ballast';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type MetaRow = OriginRow | FeedRow | DeviceRow | BlobRow | WalkRow | SealsRow | BallastRow;

export type DeviceDatabase = Dexie & {
  charts: EntityTable<ChartRow, 'id'>;
  records: EntityTable<RecordRow, 'id'>;
  outbox: EntityTable<OutboxRow, 'id'>;
  drafts: EntityTable<DraftRow, 'id'>;
  replaced: EntityTable<ReplacedRow, 'id'>;
  meta: Table<MetaRow, string>;
};

/**
 * Opens the phone's database. `strict`: a save is on the disk when it is said to be saved; `relaxed` is for rows that
 * come from the upstream and would simply come again.
 */
export function openDeviceDatabase(durability: 'strict' | 'relaxed', name = 'hikma'): DeviceDatabase {
  const database = new Dexie(name, { chromeTransactionDurability: durability }) as DeviceDatabase;
  database.version(1).stores({
    charts: 'id, commit',
    records: 'id, kind, commit',
    outbox: 'id, seq, state, [state+seq], [origin+lastSeq]',
    drafts: 'id',
    meta: 'key',
  });
  const outbox = [
    ...['id', 'seq', 'state', '*pendingIn', '[kind+state]', '[state+seq]', '[state+receivedBy+seq]'],
    ...['[origin+lastSeq]', '[state+origin+lastSeq]', '[origin+confirmedAtMs]'],
  ];
  database
    .version(2)
    .stores({ outbox: outbox.join(',') })
    .upgrade(async (transaction) => {
      // Where they stand is under a seal.
      const pending = transaction.table('outbox').where('state').equals('pending');
      await pending.modify({ kind: 'work', pendingIn: [ANYWHERE] });
    });
  database
    .version(3)
    .stores({ replaced: 'id' })
    .upgrade(async (transaction) => {
      // What a walk had brought was kept in another shape: it is walked from its beginning again.
      const meta = transaction.table('meta');
      await meta.where('key').startsWith('walk:').delete();
      await meta.where('key').equals('feed').modify(forgetWalk);
    });
  return database;
}

function forgetWalk(feed: { cursors: Record<string, unknown>; walking?: string | null }): void {
  if (feed.walking) delete feed.cursors[feed.walking];
  delete feed.walking;
}
