import type { Change } from './change.ts';
import type { Json } from './json.ts';
import type { Layout } from './layout.ts';
import type { ExchangeReply, ScopeDigest } from './protocol/exchange-reply.ts';
import type { Outcome } from './protocol/outcome.ts';
import type { RecordRef, StoredRecord } from './record.ts';
import type { ScopeId } from './scopes.ts';

/** What of an action was decided, as the log keeps it. */
export interface LoggedChange {
  readonly change: Change;
  readonly outcome: Outcome;
}

/** One record of a scope's feed: written anew at the end, or marked as gone from the scope. */
export interface FeedEntry {
  readonly scope: ScopeId;
  readonly collection: string;
  readonly recordId: string;
  /** Stamp of the membership that took the record out, or null for a record that is in the scope. */
  readonly leftStamp: string | null;
}

/** What an entry does to the sums of its scope. */
export interface ScopeDelta {
  readonly scope: ScopeId;
  readonly count: number;
  readonly digest: bigint;
}

/** Everything that one exchange writes, in one transaction; feed and log last. */
export interface Acceptance {
  /** Records that did not exist, and records that did. */
  readonly created: readonly StoredRecord[];
  readonly updated: readonly StoredRecord[];
  readonly log: readonly LoggedChange[];
  /** Changes of conflicts, made by this replica itself. */
  readonly noted: readonly LoggedChange[];
  /** Changes in the log already, whose outcome became another. */
  readonly revised: readonly LoggedChange[];
  /** At a relay: the records about which it may have noticed conflicts that only its root may note. */
  readonly suspects: readonly RecordRef[];
  readonly feed: readonly FeedEntry[];
  readonly deltas: readonly ScopeDelta[];
}

/**
 * The port of a feed replica's store while it accepts changes: one transaction. Records that `readRecords` returned
 * are locked until its end. Implemented by `db/memory` and `db/postgres`; the same contract suite runs over both.
 */
export interface AcceptanceStore {
  /** Decided outcomes by change id, for changes seen before. */
  outcomesOf(changeIds: readonly string[]): Promise<ReadonlyMap<string, Outcome>>;
  /** The changes of these actions as the log has them. Asked only where a hub applied what was refused here. */
  readLogged(actionIds: readonly string[]): Promise<readonly Change[]>;
  readRecords(refs: readonly RecordRef[]): Promise<readonly StoredRecord[]>;
  /** These records as they stand, not locked: what others hang below. Whoever deletes one works alone on its chart. */
  readUnlocked(refs: readonly RecordRef[]): Promise<readonly StoredRecord[]>;
  /** The memberships of these patients, deleted ones included. */
  readMemberships(patientIds: readonly string[]): Promise<readonly StoredRecord[]>;
  /** Every record of these patients' charts. */
  readCharts(patientIds: readonly string[]): Promise<readonly StoredRecord[]>;
  /** The conflicts about these records, whatever their status, locked like records. */
  readConflicts(about: readonly RecordRef[]): Promise<readonly StoredRecord[]>;
  /** Every change of these records that was applied before this acceptance. Asked only where a write may have lost. */
  readAppliedChanges(refs: readonly RecordRef[]): Promise<readonly Change[]>;
  /** Takes this replica's next numbers for changes that it makes itself. */
  takeOwnNumbers(count: number): Promise<{ readonly replicaId: string; readonly first: number }>;
  write(acceptance: Acceptance): Promise<void>;
}

/** Where a scope's feed stands. */
export interface ScopeHead extends ScopeDigest {
  readonly scope: ScopeId;
  readonly seq: number;
}

/** One line of a feed with the record it names (null when it left). */
export interface FeedLine<R = Json[]> {
  readonly seq: number;
  readonly entry: FeedEntry;
  readonly record: FeedRecord<R> | null;
}

/** A record on its way into a page. */
export interface FeedRecord<R> {
  /** Its row in the layout of its collection. */
  readonly row: (layout: Layout) => R;
  /** About how long that row is. */
  readonly bytes: number;
}

/** Reads of one consistent snapshot of a feed replica. */
export interface FeedReader<R = Json[]> {
  heads(scopes: readonly ScopeId[]): Promise<readonly ScopeHead[]>;
  /** At most `limit` lines of a scope after `seq`, in order. */
  readFeed(scope: ScopeId, seq: number, limit: number): Promise<readonly FeedLine<R>[]>;
}

/** Who a feed replica is, and which life of its feed and of its root this is. */
export interface FeedIdentity {
  readonly replicaId: string;
  readonly epoch: string;
  readonly rootEpoch: string;
  /** No upstream: what is applied here is confirmed. */
  readonly root: boolean;
  /** Restored from a backup, and asking for the rows that it has lost. */
  readonly recovering: boolean;
}

/** Where a feed replica stands, as of one moment. */
export interface FeedStanding {
  readonly identity: FeedIdentity;
  /** How far the changes of the origins asked for are stored here, at the root and in its backup. */
  readonly origins: ExchangeReply['origins'];
  /** Outcomes of these origins' actions that became another after they were first given. */
  readonly revised: readonly Outcome[];
  /** Of the scopes asked for, those that anything was ever written to. */
  readonly heads: readonly ScopeHead[];
}
