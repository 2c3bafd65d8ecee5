import type { Action } from './change.ts';
import type { FeedReader, FeedStanding } from './feed-store.ts';
import type { Json } from './json.ts';
import { takenWhere } from './outbox.ts';
import type { ExchangeReply } from './protocol/exchange-reply.ts';
import type { ExchangeRequest } from './protocol/exchange-request.ts';
import type { Judged } from './protocol/judged.ts';
import type { Outcome } from './protocol/outcome.ts';
import { type Declared, readPages } from './read-pages.ts';
import type { ScopeId } from './scopes.ts';

/**
 * What a feed replica does to answer an exchange. Implemented over memory and over PostgreSQL. `R`: the form in which it
 * gives the rows of pages.
 */
export interface FeedReplica<R = Json[]> {
  /** The life of this feed. */
  life(): Promise<string>;
  /** Tells the scopes whose feeds are kept here now: at a root all. */
  carried(): Promise<(scope: ScopeId) => boolean>;
  /**
   * Judges, merges, logs and feeds, in one transaction; an outcome for every action. `judged`: what the hub that hands
   * them in decided of them.
   */
  accept(actions: readonly Action[], judged?: readonly Judged[]): Promise<readonly Outcome[]>;
  /** Runs reads on one snapshot. */
  read<T>(reading: (reader: FeedReader<R>) => Promise<T>): Promise<T>;
  standing(origins: readonly string[], scopes: readonly ScopeId[]): Promise<FeedStanding>;
  /** A hub brings word of a life of a root: this one's must be greater. Nothing on a relay. */
  outlive(rootEpoch: string): Promise<void>;
}

/** What the asking device may hold now. */
export interface Grants {
  readonly version: number;
  /** The scopes that are carried here, and those that another upstream has. */
  readonly scopes: readonly ScopeId[];
  readonly elsewhere?: readonly ScopeId[];
}

/**
 * One exchange at the upstream: push, then pull. `grants` is asked after the push, because a change of rights may be
 * among what was pushed. `fromHub`: the asker may hand on others' changes with what it decided of them. A request that
 * was put together for another life of a feed means nothing here: its cursors are that one's, and it leaves out the work
 * that only that one took, without which what follows it would be refused. Such an asker is told where it is, and asks
 * again.
 */
export async function answerExchange<R>(
  replica: FeedReplica<R>,
  declared: Declared,
  grants: () => Promise<Grants>,
  nowMs: number,
  request: ExchangeRequest,
  fromHub = false,
): Promise<ExchangeReply<R>> {
  if (fromHub && request.rootEpoch !== undefined && isPossible(request.rootEpoch, nowMs))
    await replica.outlive(request.rootEpoch);
  const judged = fromHub ? (request.judged ?? []) : [];
  const handedIn = request.actions.length > 0 && (await isMeant(replica, request)) ? request.actions : [];
  const { actions, notHere } = await takenHere(replica, handedIn);
  const outcomes = actions.length === 0 ? [] : await replica.accept(actions, judged);
  const { version, scopes, elsewhere } = await grants();
  const { identity, origins, revised, heads } = await replica.standing(Object.keys(request.origins), scopes);
  const isHere = request.epoch === null || request.epoch === identity.epoch;
  const [cursors, maxBytes] = isHere ? [request.epoch === null ? {} : request.cursors, request.maxBytes] : [{}, 0];
  const pages = (reader: FeedReader<R>) => readPages(reader, declared, scopes, cursors, maxBytes);
  const isBehind = maxBytes > 0 && heads.some(({ scope, seq }) => (cursors[scope] ?? 0) < seq);
  // Most exchanges find nothing new: where the scopes stand says so, and no snapshot is opened for pages.
  const pulled = await (isBehind ? replica.read(pages) : pages({ heads: async () => heads, readFeed: async () => [] }));
  const said = new Set(outcomes.map((outcome) => outcome.actionId));
  return {
    replicaId: identity.replicaId,
    epoch: identity.epoch,
    rootEpoch: identity.rootEpoch,
    clock: nowMs,
    outcomes: [...outcomes, ...revised.filter((outcome) => !said.has(outcome.actionId))],
    origins,
    grants: version,
    ...(elsewhere === undefined || elsewhere.length === 0 ? {} : { elsewhere: [...elsewhere] }),
    ...(notHere.length === 0 ? {} : { notHere }),
    ...pulled,
    ...(identity.recovering ? { recovering: true } : {}),
  };
}

async function isMeant(replica: Pick<FeedReplica, 'life'>, { epoch }: ExchangeRequest): Promise<boolean> {
  return epoch === null || epoch === (await replica.life());
}

/**
 * A relay judges the work of its own clinics. That of another clinic, which a phone of both hands in, waits on the phone
 * for an upstream that can judge it: refused here it would be lost to its author for no fault of his.
 */
async function takenHere(
  replica: Pick<FeedReplica, 'carried'>,
  handedIn: readonly Action[],
): Promise<{ actions: readonly Action[]; notHere: string[] }> {
  if (handedIn.length === 0) return { actions: [], notHere: [] };
  const carries = await replica.carried();
  const isHere = (clinicId: string) => carries(`${clinicId}:desk`);
  const clinics = handedIn.flatMap(({ changes }) => changes.flatMap(({ clinicId }) => clinicId ?? []));
  const notHere = clinics.filter((clinicId) => !isHere(clinicId));
  return { actions: handedIn.filter(takenWhere(isHere)), notHere: [...new Set(notHere)] };
}

const DAY_MS = 86_400_000;

/** A life that began tomorrow is no life: outliving it would use the ids up that every later life needs. */
function isPossible(rootEpoch: string, nowMs: number): boolean {
  return Number.parseInt(rootEpoch.slice(0, 8) + rootEpoch.slice(9, 13), 16) <= nowMs + DAY_MS;
}
