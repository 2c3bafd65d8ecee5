import type { Action } from './change.ts';
import type { FeedIdentity, FeedReader } from './feed-store.ts';
import type { ExchangeReply } from './protocol/exchange-reply.ts';
import type { ExchangeRequest } from './protocol/exchange-request.ts';
import type { Outcome } from './protocol/outcome.ts';
import { type Declared, readPages } from './read-pages.ts';
import type { ScopeId } from './scopes.ts';

/** What a feed replica does to answer an exchange. Implemented over memory and over PostgreSQL. */
export interface FeedReplica {
  identity(): Promise<FeedIdentity>;
  /** Judges, merges, logs and feeds, in one transaction; an outcome for every action. */
  accept(actions: readonly Action[]): Promise<readonly Outcome[]>;
  /** Runs reads on one snapshot. */
  read<T>(reading: (reader: FeedReader) => Promise<T>): Promise<T>;
  /** Remembers how far each origin has been received; what is stored here and at the root of each. */
  receiveOrigins(origins: ExchangeRequest['origins']): Promise<ExchangeReply['origins']>;
}

/** What the asking device may hold now. */
export interface Grants {
  readonly version: number;
  readonly scopes: readonly ScopeId[];
}

/**
 * One exchange at the upstream: push, then pull. `grants` is asked after the push, because a change of rights may be
 * among what was pushed. Cursors of another epoch mean nothing here: everything is sent again, and merged again.
 */
export async function answerExchange(
  replica: FeedReplica,
  declared: Declared,
  grants: () => Promise<Grants>,
  nowMs: number,
  request: ExchangeRequest,
): Promise<ExchangeReply> {
  const outcomes = request.actions.length === 0 ? [] : await replica.accept(request.actions);
  const origins = await replica.receiveOrigins(request.origins);
  const identity = await replica.identity();
  const { version, scopes } = await grants();
  const cursors = request.epoch === identity.epoch ? request.cursors : {};
  const pulled = await replica.read((reader) => readPages(reader, declared, scopes, cursors, request.maxBytes));
  return {
    replicaId: identity.replicaId,
    epoch: identity.epoch,
    rootEpoch: identity.rootEpoch,
    clock: nowMs,
    outcomes: [...outcomes],
    origins,
    grants: version,
    scopes: [...scopes],
    ...pulled,
  };
}
