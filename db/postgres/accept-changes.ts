import type pg from 'pg';
import type { Actor } from '../../lib/access/actor.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { type Sender, worldOf } from '../../lib/domain/world.ts';
import { acceptActions } from '../../lib/replication/accept.ts';
import type { Action, Change } from '../../lib/replication/change.ts';
import type { FeedIdentity, LoggedChange } from '../../lib/replication/feed-store.ts';
import type { World } from '../../lib/replication/judge.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { Judged } from '../../lib/replication/protocol/judged.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { AcceptanceTransaction, InsertRaced } from './acceptance-store.ts';
import { isDataFault, isRerunnable, together } from './faults.ts';
import { advanceOrigins, bothOf, lockOrigins } from './origins.ts';
import { type Queryable, readByIds, readRecords } from './record-statements.ts';
import { snakeCase } from './record-tables.ts';
import { noteSuspects } from './relay-suspects.ts';
import { inTransaction, readIdentity } from './replica-identity.ts';
import { reviseLog } from './revise-log.ts';
import { noteMoved } from './tell-hints.ts';
import { carriedScopes } from './upstream.ts';
import { writeFeedAndLog } from './write-feed.ts';

/** What one sender hands in at once. */
export interface Push {
  readonly sender: Sender;
  /** The device it came from; null for this replica's own. */
  readonly receivedFrom: string | null;
  readonly actions: readonly Action[];
  /** What the hub that hands them in decided of them. */
  readonly judged?: readonly Judged[];
  /** Somebody who may act although no record names him yet: the first administrator makes himself. */
  readonly founder?: Actor;
}

/** Attempts before a transaction that others got in the way of is given up. */
const ATTEMPTS = 5;

/**
 * A hung process must not keep its clinic waiting: the server ends what stands still inside a transaction. Plans are made
 * once; one made while a table was empty would read it whole for ever after, hence no sequential scans.
 */
export const BEGIN_PUSH = `begin; set local lock_timeout = '15s'; set local idle_in_transaction_session_timeout = '15s';
  set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off`;

/**
 * Accepts pushes in one transaction: judged, merged, logged, fed. One list of outcomes per push, an outcome per action.
 * A row that PostgreSQL refuses takes only its own action with it. Throws on faults; nothing is then written.
 */
export async function acceptPushes(pool: pg.Pool, pushes: readonly Push[]): Promise<Outcome[][]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, BEGIN_PUSH, (client) => acceptWithin(client, pushes));
    } catch (fault) {
      if (!isRerunnable(fault) || attempt === ATTEMPTS) throw fault;
    }
  }
}

/**
 * The same within a transaction of the caller, who does his own work before calling and must commit right after: the
 * scopes stay locked until then.
 *
 * Locks are taken in one order, here and by whoever writes as this replica (`authorWithin`): at a relay the scopes that
 * it carries, the senders' origins, charts (by number), records (by collection, then id), the row of `replica`, its own
 * origin, the feeds' scopes (by id). A transaction that holds one of these and then wants an earlier one may stand against
 * another until PostgreSQL ends one of them.
 */
export async function acceptWithin(client: Queryable, pushes: readonly Push[]): Promise<Outcome[][]> {
  const changes = pushes.flatMap((push) => push.actions.flatMap((action) => action.changes));
  const store = new AcceptanceTransaction(client);
  const identity = await readIdentity(client);
  const carries = await carriedScopes(client, identity);
  const [locked, actors] = await together([
    lockOrigins(client, [...new Set(changes.map((change) => change.origin))]),
    readPeople(client, changes),
  ]);
  await store.load(changes);
  const jobs = pushes.map((push): Job => ({ push, world: worldFor(push, actors), identity, carries }));
  const outcomes = await acceptTogether(client, store, jobs);
  if (store.revised.length > 0) await reviseLog(client, store.revised.map(idAndOutcome));
  if (store.log.length === 0 && store.feed.size === 0) return outcomes;
  const stored = store.log.map(({ change }) => change);
  // Conflicts that were noticed are this replica's own changes, whoever's push they were noticed in.
  const unlocked = new Set(stored.map((change) => change.origin).filter((origin) => !locked.watermarks.has(origin)));
  const own = unlocked.size === 0 ? null : await lockOrigins(client, [...unlocked]);
  const [, , moved] = await together([
    advanceOrigins(client, own === null ? locked : bothOf(locked, own), stored, identity.root),
    noteSuspects(client, store.suspects),
    writeFeedAndLog(client, store, identity.replicaId),
  ]);
  noteMoved(client, moved);
  return outcomes;
}

/** Who made these changes; and whose sign-in or rights they are about. */
export async function readPeople(client: Queryable, changes: readonly Change[]): Promise<Map<string, Actor>> {
  const given = changes.filter(({ collection }) => collection === 'permissions');
  const held = given.length === 0 ? [] : await readByIds(client, given.map(refOf));
  const named = [...given.map(({ fields }) => fields), ...held.map(({ values }) => values)].map(({ userId }) => userId);
  const signIns = changes.filter(({ collection }) => collection === 'credentials');
  const people = [...changes.map(({ author }) => author), ...signIns.map(({ recordId }) => recordId)];
  return readActors(client, [...new Set([...people, ...named.filter(isUuid)])]);
}

function isUuid(value: unknown): value is string {
  return uuidSchema.safeParse(value).success;
}

function idAndOutcome({ change, outcome }: LoggedChange) {
  return { id: change.id, outcome };
}

interface Job {
  readonly push: Push;
  readonly world: World<Actor>;
  readonly identity: FeedIdentity;
  readonly carries: (scope: ScopeId) => boolean;
}

/** The users of these ids with their permissions, as they stand now. */
export async function readActors(client: Queryable, userIds: readonly string[]): Promise<Map<string, Actor>> {
  const [users, permissions] = await together([
    readRecords(client, 'users', 'where id = any($1)', [userIds]),
    readRecords(client, 'permissions', 'where user_id = any($1)', [userIds]),
  ]);
  return actorsOf(users, permissions);
}

function worldFor({ sender, founder }: Push, actors: ReadonlyMap<string, Actor>): World<Actor> {
  return worldOf(founder === undefined ? actors : new Map([...actors, [founder.userId, founder]]), sender);
}

/** All pushes at once; when PostgreSQL refuses a row, push by push, and the guilty push action by action. */
async function acceptTogether(client: Queryable, store: AcceptanceTransaction, jobs: readonly Job[]) {
  const whole = await attempt(client, store, jobs);
  if (whole.ok) return whole.outcomes;
  const outcomes: Outcome[][] = [];
  for (const job of jobs) {
    const alone = jobs.length === 1 ? whole : await attempt(client, store, [job]);
    outcomes.push(alone.ok ? alone.outcomes[0]! : await actionByAction(client, store, job));
  }
  return outcomes;
}

async function actionByAction(client: Queryable, store: AcceptanceTransaction, job: Job): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const action of job.push.actions) {
    const one = { ...job, push: { ...job.push, actions: [action] } };
    const tried = await attempt(client, store, [one]);
    outcomes.push(tried.ok ? tried.outcomes[0]![0]! : await refuseRow(store, one, action, tried.fault));
  }
  return outcomes;
}

type Attempt =
  | { readonly ok: true; readonly outcomes: Outcome[][] }
  | { readonly ok: false; readonly fault: pg.DatabaseError };

/** Decides and writes rows under a savepoint. Not ok: a row was refused, and nothing of these jobs is left. */
async function attempt(client: Queryable, store: AcceptanceTransaction, jobs: readonly Job[]): Promise<Attempt> {
  for (let round = 1; ; round++) {
    try {
      const [, outcomes] = await together([client.query('savepoint rows'), decideAll(store, jobs)]);
      await store.flushRows();
      await client.query('release savepoint rows');
      return { ok: true, outcomes };
    } catch (fault) {
      // On a lost connection this fails as well, and says less.
      await client.query('rollback to savepoint rows').catch(() => Promise.reject(fault));
      store.discardDraft();
      if (isDataFault(fault)) return { ok: false, fault };
      if (!(fault instanceof InsertRaced) || round === ATTEMPTS) throw fault;
      await store.reloadMissing();
    }
  }
}

async function decideAll(store: AcceptanceTransaction, jobs: readonly Job[]): Promise<Outcome[][]> {
  const outcomes: Outcome[][] = [];
  for (const job of jobs) outcomes.push(await decide(store, job));
  return outcomes;
}

function decide(store: AcceptanceTransaction, { push, world, identity, carries }: Job): Promise<Outcome[]> {
  const { root, recovering } = identity;
  const accepting = { root, recovering, judged: push.judged ?? [], carries };
  return acceptActions(store.storeFor(push.receivedFrom), world, push.actions, accepting);
}

/** The outcome of an action whose row PostgreSQL refused. Its log is kept like any other's. */
async function refuseRow(
  store: AcceptanceTransaction,
  { push, identity }: Job,
  action: Action,
  fault: pg.DatabaseError,
): Promise<Outcome> {
  const guilty = action.changes.find((change) => snakeCase(change.collection) === fault.table) ?? action.changes[0]!;
  const column = fault.column ?? fault.constraint?.replace(`${fault.table}_`, '').replace(/_check\d*$/, '');
  const key = Object.keys(guilty.fields).find((name) => snakeCase(name) === column) ?? null;
  const outcome: Outcome = {
    actionId: action.id,
    changeIds: action.changes.map((change) => change.id),
    result: 'refused',
    duplicate: false,
    confirmed: identity.root,
    refusal: { changeId: guilty.id, key, code: 'invalid' },
  };
  const log = action.changes.map((change) => ({ change, outcome }));
  await store
    .storeFor(push.receivedFrom)
    .write({ created: [], updated: [], log, noted: [], revised: [], suspects: [], feed: [], deltas: [] });
  await store.flushRows();
  return outcome;
}
