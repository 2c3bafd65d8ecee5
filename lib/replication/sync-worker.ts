/** Why nothing moves, as a screen says it: a label and a remedy each. Null when all is well. */
export const SYNC_PROBLEMS = [
  'offline',
  'server-unreachable',
  'session-expired',
  'device-revoked',
  'unsupported-version',
  'server-busy',
  'storage-full',
  'digests-differ',
  'internal',
] as const;
export type SyncProblem = (typeof SYNC_PROBLEMS)[number];

export interface Amount {
  readonly patients: number;
  readonly records: number;
}

/** What the sync worker is doing. Counts of what is unsent are read from the database, not from here. */
export interface SyncStatus {
  readonly state: 'locked' | 'idle' | 'working' | 'waiting';
  readonly problem: SyncProblem | null;
  /** A first sync on its way: what it is at, what came, and of how much. */
  readonly firstSync: { readonly stage: string; readonly delivered: Amount; readonly totals: Amount } | null;
  /** Corrected time of the last reply, milliseconds; null before the first. */
  readonly lastContactMs: number | null;
  /** When it tries again by itself, milliseconds of this device; null while working. */
  readonly nextTryMs: number | null;
  /** Did the upstream's digests agree with this phone's at the last comparison? */
  readonly digestsEqual: boolean | null;
  /** With whom it was compared; null while nothing was. */
  readonly comparedWith: 'hub' | 'server' | null;
  /** Records that this phone lacked, or had in an older state, and that were read again because of it, ever. */
  readonly healed: number;
}

/** The sync worker as screens see it (over Comlink). `Key` is the browser's CryptoKey. */
export interface SyncWorker<Key> {
  /** Starts exchanging: at once, after each save, and every half minute while unlocked. */
  unlock(key: Key): Promise<void>;
  /** Forgets the key. What is on its way is finished or repeated after the next unlock. */
  lock(): Promise<void>;
  /** Something was saved, or a person asked. */
  wake(): Promise<void>;
  watch(listener: (status: SyncStatus) => void): Promise<void>;
  /** Answers as long as this worker runs. */
  ping(): Promise<void>;
}
